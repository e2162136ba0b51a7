import { PERMISSIONS, ROLES } from '@praxisbus/contracts'
import { z } from 'zod'
import type { Practice } from './practice/folder.ts'

/** The same for everybody: the development sign-in protects nothing. */
export const DEVELOPMENT_PASSWORD = 'dev'

export const issuerUser = z.object({
  signIn: z.string(),
  name: z.string(),
  practices: z.record(
    z.uuid(),
    z.object({ roles: z.array(z.string()), permissions: z.array(z.enum(PERMISSIONS)) }),
  ),
})
/** Somebody who can sign in, with the claim `practices` of their tokens. */
export type IssuerUser = z.infer<typeof issuerUser>

/** The people of the practice folder, with the permissions that their roles bring. */
export function issuerUsers({ about, practiceId }: Practice): IssuerUser[] {
  return about.users.map(({ signIn, name, roles, signerRoles }) => {
    const permissions = [...new Set(roles.flatMap((role) => ROLES[role]!))]
    return { signIn, name, practices: { [practiceId]: { roles: [...roles, ...signerRoles], permissions } } }
  })
}
