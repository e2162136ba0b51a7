import { describe, expect, test } from '@jest/globals'
import { decideSigning } from './signing.ts'

const signerRoles = ['therapist', 'supervisor', 'director']
const decide = (signedRoles: readonly string[], held: readonly string[], wanted?: string) =>
  decideSigning({ number: 1, signerRoles, signedRoles }, held, wanted)

describe('E-07 which role is signed', () => {
  test.each([
    ['the only one held', [], ['therapist'], undefined, 'therapist', 'review'],
    ['the one asked for', [], signerRoles, 'director', 'director', 'review'],
    [
      'the only one open of those held',
      ['therapist'],
      ['therapist', 'director'],
      undefined,
      'director',
      'review',
    ],
    ['the last one', ['therapist', 'director'], ['supervisor'], undefined, 'supervisor', 'signed'],
  ])('E-07 %s', (_, signed, held, wanted, role, status) => {
    const signing = decide(signed, held, wanted)
    expect(signing).toMatchObject({ role, status })
    const openRoles = signerRoles.filter((one) => one !== role && !(signed as string[]).includes(one))
    expect(signing).toMatchObject({ openRoles })
  })

  test.each([
    ['all have signed', signerRoles, ['therapist'], undefined, 'already_signed'],
    ['none is held', [], ['janitor'], undefined, 'role_not_held'],
    ['none is held but others have signed', ['therapist'], [], undefined, 'role_not_held'],
    ['all held ones are signed', ['therapist'], ['therapist'], undefined, 'role_already_signed'],
    ['several are possible', [], ['therapist', 'director'], undefined, 'role_required'],
    ['the wanted one is not of the template', [], ['janitor'], 'janitor', 'role_not_in_template'],
    ['the wanted one is not held', [], ['therapist'], 'director', 'role_not_held'],
    ['the wanted one is signed', ['director'], ['director'], 'director', 'role_already_signed'],
  ])('E-07 refuses where %s', (_, signed, held, wanted, refused) => {
    expect(decide(signed, held, wanted)).toMatchObject({ refused })
  })
})
