import type { Practice } from '../practice/folder.ts'

/** Who does what: the first of the practice with that role. Checked to be there when the folder was read. */
export function peopleOf({ about }: Practice) {
  const withRole = (role: string) => about.users.find((user) => user.roles.includes(role))!.signIn
  return {
    owner: withRole('owner'),
    frontDesk: withRole('front-desk'),
    biller: withRole('biller'),
    /** The sign-in of a practitioner. */
    clinician: (practitioner: string) => about.practitioners.find(({ key }) => key === practitioner)!.signIn,
    /** Somebody who may sign in that role: the clinician of the visit where they hold it. */
    signer: (role: string, clinician: string) => {
      const holders = about.users.filter((user) => user.signerRoles.includes(role))
      return (holders.find((user) => user.signIn === clinician) ?? holders[0]!).signIn
    },
  }
}

export type People = ReturnType<typeof peopleOf>
