import { fields, ROLES } from '@praxisbus/contracts'
import { z } from 'zod'
import type { Complaints } from './complaints.ts'

/** The shape of `practice.json`. A `key` is how the files of the folder name a record; the system gives it an id. */

export const FILE = 'practice.json'

const key = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be a short key of a-z, 0-9 and -, such as room-1')
const name = z.string().trim().min(1, 'must not be empty').max(200)
const cents = z.int('must be whole cents: 4500 for 45.00').min(0).max(99_999_999)

const user = z.strictObject({
  signIn: key,
  name,
  roles: z.array(z.enum(Object.keys(ROLES))).min(1, 'must name at least one role'),
  /** Roles this person may sign notes in (E-07). */
  signerRoles: z.array(key).default([]),
})

const template = z.strictObject({
  key,
  name,
  plugins: z.array(z.enum(['narrative', 'vitals', 'diagnosis', 'procedure'])).min(1),
  signerRoles: z.array(key).min(1, 'must name at least one role that signs'),
})

export const practiceFile = z.strictObject({
  name,
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as America/Chicago'),
  /** What documents say of the practice besides its name. */
  letterhead: z
    .strictObject({
      addressLines: z.array(name).max(6).default([]),
      phone: z.string().min(5).max(40).nullable().default(null),
      taxId: fields.taxId.nullable().default(null),
      npi: fields.npi.nullable().default(null),
    })
    .optional(),
  users: z.array(user).min(1).max(50),
  practitioners: z
    .array(
      z.strictObject({ key, name, credentials: name.optional(), npi: fields.npi.optional(), signIn: key }),
    )
    .min(1)
    .max(50),
  locations: z
    .array(z.strictObject({ key, name, placeOfService: fields.placeOfService }))
    .min(1)
    .max(50),
  rooms: z
    .array(z.strictObject({ key, name, location: key }))
    .max(200)
    .default([]),
  services: z
    .array(
      z.strictObject({
        code: fields.procedureCode,
        description: name,
        amountCents: cents.nullable(),
        lengthMinutes: z.int().min(1).max(1_440),
        defaultModifiers: z.array(fields.modifier).max(4).default([]),
      }),
    )
    .min(1)
    .max(500),
  payers: z
    .array(
      z.strictObject({
        key,
        name,
        payerNumber: z.string().min(1).max(40).optional(),
        plans: z.array(z.strictObject({ key, name })).min(1),
      }),
    )
    .min(1)
    .max(100),
  renderingProviders: z.array(z.strictObject({ practitioner: key, name, npi: fields.npi })).default([]),
  templates: z.array(template).min(1).max(50),
  scan: z.strictObject({ description: name, payer: key, plan: key }),
})

export type PracticeFile = z.infer<typeof practiceFile>
export type PracticeUser = PracticeFile['users'][number]

function isTimeZone(zone: string): boolean {
  try {
    new Temporal.ZonedDateTime(0n, zone)
    return !/^[+-]/.test(zone)
  } catch {
    return false
  }
}

/** Who does what in the day: each of these roles must have somebody. */
export const NEEDED_ROLES = ['owner', 'front-desk', 'biller'] as const

/** What no field alone can tell: names that lead nowhere, names used twice. */
export function checkPracticeFile(practice: PracticeFile, complaints: Complaints): void {
  checkKeys(practice, complaints)
  const say = (where: string, what: string, cure: string) => complaints.add(FILE, where, what, cure)
  const signIns = new Map(practice.users.map((user) => [user.signIn, user]))
  for (const role of NEEDED_ROLES) {
    if (practice.users.some((user) => user.roles.includes(role))) continue
    say('users', `nobody has the role ${role}`, `Give it to somebody: "roles": ["${role}"].`)
  }
  for (const [index, { signIn }] of practice.practitioners.entries()) {
    const where = `practitioners[${index}].signIn`
    const user = signIns.get(signIn)
    if (!user) say(where, `no user signs in as ${signIn}`, 'Name the signIn of one of the users.')
    else if (!user.roles.some((role) => role === 'clinician' || role === 'owner'))
      say(where, `${signIn} may not write notes`, 'Give that user the role clinician.')
  }
  const references: [string, string, readonly { key: string }[], string][] = [
    ...practice.rooms.map(
      (room, i) => [`rooms[${i}].location`, room.location, practice.locations, 'locations'] as const,
    ),
    ...practice.renderingProviders.map(
      (each, i) =>
        [
          `renderingProviders[${i}].practitioner`,
          each.practitioner,
          practice.practitioners,
          'practitioners',
        ] as const,
    ),
    ['scan.payer', practice.scan.payer, practice.payers, 'payers'] as const,
  ].map((entry) => [...entry])
  for (const [where, wanted, list, listName] of references) {
    if (!list.some((entry) => entry.key === wanted))
      say(where, `${wanted} is not among the ${listName}`, `Name the key of one of the ${listName}.`)
  }
  const payer = practice.payers.find((entry) => entry.key === practice.scan.payer)
  if (payer && !payer.plans.some((plan) => plan.key === practice.scan.plan))
    say(
      'scan.plan',
      `${practice.scan.plan} is not a plan of ${payer.key}`,
      'Name the key of one of its plans.',
    )
  for (const [index, template] of practice.templates.entries()) {
    const unheld = template.signerRoles.filter(
      (role) => !practice.users.some((user) => user.signerRoles.includes(role)),
    )
    for (const role of unheld)
      say(
        `templates[${index}].signerRoles`,
        `nobody signs as ${role}`,
        `Add it to the signerRoles of a user.`,
      )
  }
}

function checkKeys(practice: PracticeFile, complaints: Complaints): void {
  const lists: Record<string, readonly string[]> = {
    'users.signIn': practice.users.map((entry) => entry.signIn),
    'practitioners.key': practice.practitioners.map((entry) => entry.key),
    'practitioners.signIn': practice.practitioners.map((entry) => entry.signIn),
    'locations.key': practice.locations.map((entry) => entry.key),
    'rooms.key': practice.rooms.map((entry) => entry.key),
    'services.code': practice.services.map((entry) => entry.code),
    'payers.key': practice.payers.map((entry) => entry.key),
    'payers.plans.key': practice.payers.flatMap((payer) =>
      payer.plans.map((plan) => `${payer.key}/${plan.key}`),
    ),
    'templates.key': practice.templates.map((entry) => entry.key),
  }
  for (const [where, keys] of Object.entries(lists)) {
    for (const twice of new Set(keys.filter((entry, index) => keys.indexOf(entry) !== index)))
      complaints.add(FILE, where, `${twice} is there twice`, 'Give each a name of its own.')
  }
}
