import { ROLES, SERVICES, type ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import {
  type Api,
  api,
  database,
  freePorts,
  issuer,
  type RunningService,
  type StripeServer,
  startService,
  startStripe,
  type TestDatabase,
  type TopicReader,
  testFolder,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import { startMail } from '../../deploy/local/mail.ts'

/** A person at the practice: each service as they see it. */
export type Person = Record<ServiceName, Api>

/** All four services as processes over real PostgreSQL, Kafka and Redis, with a practice set up. */
export interface Clinic {
  readonly practiceId: string
  readonly topicPrefix: string
  readonly mailFolder: string
  readonly services: Record<ServiceName, RunningService>
  readonly databases: Record<ServiceName, TestDatabase>
  /** The payment partner that billing is set up with. No practice is connected to it by itself. */
  readonly stripe: StripeServer
  person(role: string, userId: string, signerRoles?: string[]): Promise<Person>
  token(role: string): Promise<string>
  /** Facts of these topics as a subscriber reads them. */
  topics(...topics: string[]): Promise<TopicReader>
  close(): Promise<void>
}

export async function openClinic(practiceId = newId()): Promise<Clinic> {
  const ground = testGround()
  const topicPrefix = `${newId()}.`
  const signIn = await issuer()
  const mailFolder = await testFolder('mail')
  const ports = await freePorts(SERVICES.length * 2 + 1)
  const mail = await startMail(ports.at(-1)!, mailFolder)
  const grpc = Object.fromEntries(
    SERVICES.map((name, index) => [name, { grpcAddress: `127.0.0.1:${ports[index * 2 + 1]}` }]),
  )
  const databases = await Promise.all(SERVICES.map((name) => database(name)))
  const stripe = await startStripe()
  const own: Partial<Record<ServiceName, Record<string, string>>> = {
    scheduler: {
      SMTP_URL: mail.url,
      MAIL_FROM: 'Practice <desk@practice.example>',
      PUBLIC_URL: `http://127.0.0.1:${ports[SERVICES.indexOf('scheduler') * 2]}`,
    },
    billing: {
      SMTP_URL: mail.url,
      MAIL_FROM: 'Practice <billing@practice.example>',
      STRIPE_URL: stripe.url,
      STRIPE_API_KEY: stripe.apiKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
    },
    imaging: { OBJECT_STORE_DIR: await testFolder('objects') },
  }
  const running = await Promise.all(
    SERVICES.map((name, index) =>
      startService(name, {
        database: databases[index]!,
        ground,
        issuer: signIn,
        topicPrefix,
        env: own[name],
        peers: grpc,
        ports: { http: ports[index * 2]!, grpc: ports[index * 2 + 1]! },
      }),
    ),
  )
  const services = Object.fromEntries(running.map((service) => [service.name, service])) as Record<
    ServiceName,
    RunningService
  >
  const tokenOf = (role: string, userId: string, roles: string[]) =>
    signIn.token({
      userId,
      name: userId,
      practices: { [practiceId]: { roles, permissions: [...ROLES[role]!] } },
    })
  return {
    practiceId,
    topicPrefix,
    mailFolder,
    services,
    databases: Object.fromEntries(SERVICES.map((name, index) => [name, databases[index]!])) as Record<
      ServiceName,
      TestDatabase
    >,
    stripe,
    token: (role) => tokenOf(role, role, []),
    person: async (role, userId, signerRoles = []) => {
      const token = await tokenOf(role, userId, signerRoles)
      return Object.fromEntries(
        running.map((service) => [service.name, api(service.httpUrl, token)]),
      ) as Person
    },
    topics: (...topics) => topicReader(ground, { topicPrefix, topics }),
    close: async () => {
      await Promise.all(running.map((service) => service.stop()))
      await Promise.all(databases.map((each) => each.drop()))
      await Promise.all([mail.stop(), signIn.stop(), stripe.stop()])
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of an answer, and fails when it is not so
export type Json = any

/** The answer's body; a status that was not expected is told with what came. */
export async function ok<T = Json>(asked: ReturnType<Api['get']>): Promise<T> {
  const { status, body } = await asked
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return body as T
}

/** Asks until the answer is as wanted: what one service did shows in another only when its fact has arrived. */
export function until<T>(ask: () => Promise<T>, wanted: (body: T) => unknown, what: string): Promise<T> {
  return waitFor(
    async () => {
      const body = await ask().catch(() => undefined)
      return body !== undefined && wanted(body) ? body : undefined
    },
    20_000,
    what,
  ) as Promise<T>
}

export interface Practice {
  readonly practitionerId: string
  readonly locationId: string
  readonly serviceId: string
  readonly templateId: string
  readonly renderingProviderId: string
}

/** Sets up what a first visit needs, as an owner would (S-01, B-01, E-01, E-14), and waits until every service knows it. */
export async function setUpPractice(owner: Person): Promise<Practice> {
  await ok(
    owner.scheduler.put('/v1/practice', {
      name: 'Lakeside',
      timeZone: 'America/Chicago',
      products: { scheduler: true, ehr: true, billing: true, imaging: true },
    }),
  )
  const { practitionerId } = await ok(
    owner.scheduler.post('/v1/practitioners', {
      name: 'Dana Reyes',
      userId: 'dana',
      credentials: 'PhD',
      npi: '1234567893',
    }),
  )
  const { locationId } = await ok(
    owner.scheduler.post('/v1/locations', { name: 'Main Street', placeOfService: '11' }),
  )
  const { serviceId } = await ok(
    owner.billing.post('/v1/services', {
      code: 'H0004',
      description: 'Counseling, 45 minutes',
      amountCents: 15_000,
      lengthMinutes: 45,
    }),
  )
  const { renderingProviderId } = await ok(
    owner.billing.post('/v1/rendering-providers', { name: 'Dana Reyes', npi: '1234567893', practitionerId }),
  )
  const setUpEhr = () =>
    owner.ehr.post('/v1/templates', {
      name: 'Progress note',
      plugins: ['narrative', 'diagnosis', 'procedure'],
      signerRoles: ['Therapist'],
    })
  const { templateId } = await until(
    () => ok(setUpEhr()),
    () => true,
    'the EHR to know the practice',
  )
  const codes = Array.from({ length: 15 }, (_, index) => ({
    code: `F41.${index}`.slice(0, 7),
    description: `Sample condition ${index}`,
  }))
  await ok(
    owner.ehr.post('/v1/code-sets', {
      system: 'icd-10-cm',
      codes: [{ code: 'F32.1', description: 'Sample depression' }, ...codes],
    }),
  )
  await ok(
    owner.ehr.post('/v1/code-sets', {
      system: 'hcpcs',
      codes: [{ code: 'H0004', description: 'Counseling' }],
    }),
  )
  await until(
    () => ok(owner.scheduler.get('/v1/services')),
    (page: Json) => page.items.length === 1,
    'the scheduler to know the service',
  )
  return { practitionerId, locationId, serviceId, templateId, renderingProviderId }
}

/** A clinic whose practice is set up, with those who work there. */
export interface StaffedClinic {
  readonly clinic: Clinic
  readonly practice: Practice
  readonly desk: Person
  readonly clinician: Person
  readonly biller: Person
}

export async function openStaffedClinic(): Promise<StaffedClinic> {
  const clinic = await openClinic()
  try {
    return {
      clinic,
      practice: await setUpPractice(await clinic.person('owner', 'owner')),
      desk: await clinic.person('front-desk', 'desk'),
      clinician: await clinic.person('clinician', 'dana', ['Therapist']),
      biller: await clinic.person('biller', 'biller'),
    }
  } catch (error) {
    await clinic.close()
    throw error
  }
}
