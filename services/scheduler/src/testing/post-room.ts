import { newId, sql } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import { type Api, type SmtpServer, startSmtp } from '@praxisbus/testing'
import { openMessageProvider } from '../adapters/message-provider.ts'
import { openEmail } from '../adapters/messages.ts'
import type { Channel } from '../domain/reminders.ts'
import type { Sending } from '../messages/acting.ts'
import { planReminders } from '../messages/plan.ts'
import { sendDue } from '../messages/send.ts'
import type { MessageAnswer } from '../messages/view.ts'
import { created, FUTURE, type Office, openOffice } from './office.ts'
import { type ProviderServer, startProvider } from './provider.ts'

export const PUBLIC_URL = 'https://visit.lakeside.example'
/** Chicago, on the day of `FUTURE`: its start, and what is due the day before. */
export const START = Temporal.Instant.from('2090-03-06T15:10:00Z')
export const DAY_BEFORE = Temporal.Instant.from('2090-03-05T15:10:00Z')

/** An office with a mail server and a provider beside it; the sender takes a turn when the test says so, at the time it says. */
export interface PostRoom extends Office {
  readonly smtp: SmtpServer
  readonly provider: ProviderServer
  /** As the sender has it; `changes` for another one beside it. */
  sending(now: Temporal.Instant, changes?: Partial<Sending>): Sending
  /** Turns of the sender until nothing more is due. */
  turn(now: Temporal.Instant, changes?: Partial<Sending>, channels?: readonly Channel[]): Promise<void>
  /** A patient who agreed to every channel, with an appointment to come. */
  booked(changes?: Record<string, unknown>, patient?: Record<string, unknown>): Promise<Booked>
  /** The appointment begins then, for fifty minutes, as a reschedule writes it. */
  move(appointmentId: string, start: string): Promise<void>
  messagesOf(appointmentId: string): Promise<MessageAnswer[]>
  /** The one message of an appointment that has no other. */
  only(appointmentId: string): Promise<MessageAnswer>
  /** State and reason of each message of an appointment. */
  statesOf(appointmentId: string): Promise<string[]>
  retry(reminderId: string, body?: object): ReturnType<Api['post']>
  /** What was told of a message. */
  told(reminderId: string): Promise<string[]>
  /** Letters to that address. */
  lettersTo(address: string): readonly string[]
  /** Server and provider take everything. */
  calm(): void
}

export interface Booked {
  readonly appointmentId: string
  readonly patientId: string
  readonly email: string
  readonly path: string
}

export const EMAIL = { channel: 'email', daysAhead: 1 }
export const TEXT = { channel: 'text', daysAhead: 1 }
export const CONSENTS = { email: true, phone: true, text: true }
/** How long a server may say nothing: far more than one on a busy machine needs. */
export const HANG_MS = 2_000
const CHANNELS: readonly Channel[] = ['email', 'phone', 'text']

export async function openPostRoom(): Promise<PostRoom> {
  const [office, smtp, provider] = await Promise.all([openOffice(), startSmtp(), startProvider()])
  const { desk, owner } = office
  const email = openEmail({ url: smtp.url, from: 'Lakeside <desk@lakeside.example>', silenceMs: HANG_MS })
  const http = openMessageProvider({ url: provider.url, token: provider.token, timeoutMs: HANG_MS })
  let people = 0
  const sending = (now: Temporal.Instant, changes: Partial<Sending> = {}): Sending => ({
    database: desk.database,
    relay: desk.relay,
    log: openLog('scheduler', 'silent'),
    onFacts: () => undefined,
    carriers: { email, phone: http, text: http },
    publicUrl: PUBLIC_URL,
    clock: () => now,
    ...changes,
  })
  const messagesOf = async (appointmentId: string): Promise<MessageAnswer[]> =>
    created(await owner.get(`/v1/reminders?appointmentId=${appointmentId}`)).items
  return {
    ...office,
    smtp,
    provider,
    sending,
    turn: async (now, changes = {}, channels = CHANNELS) => {
      for (const channel of channels) while ((await sendDue(sending(now, changes), channel)) > 0);
    },
    booked: async (changes = {}, patient = {}) => {
      const address = `p${++people}@patients.test`
      const phone = `+1 312 555 ${String(1_000 + people)}`
      const person = {
        name: `Patient ${people}`,
        email: address,
        phone,
        reminderConsents: CONSENTS,
        ...patient,
      }
      const { patientId } = created(await owner.post('/v1/patients', person))
      const { appointmentId } = await office.schedule({ patientId, ...FUTURE, ...changes })
      return { appointmentId, patientId, email: address, path: `/v1/appointments/${appointmentId}` }
    },
    move: (appointmentId, start) =>
      desk.database.write(desk.practiceId, async (tx) => {
        const wall = Temporal.PlainDateTime.from(start)
        const instant = wall.toZonedDateTime('America/Chicago').toInstant()
        await tx.run(sql`
          update appointment
             set start_local = ${wall.toString()}, end_local = ${wall.add({ minutes: 50 }).toString()},
                 starts_at = ${instant.toString()}, ends_at = ${instant.add({ minutes: 50 }).toString()}, version = version + 1
           where id = ${appointmentId}`)
        await planReminders({ tx, now: Temporal.Now.instant(), newId }, appointmentId)
      }),
    messagesOf,
    only: async (appointmentId) => {
      const [message, ...others] = await messagesOf(appointmentId)
      if (!message || others.length > 0) throw new Error(`${others.length} others, or none at all`)
      return message
    },
    statesOf: async (appointmentId) =>
      (await messagesOf(appointmentId)).map(({ state, reason }) => (reason ? `${state} ${reason}` : state)),
    retry: (reminderId, body = {}) => owner.post(`/v1/reminders/${reminderId}/retry`, body),
    told: async (reminderId) =>
      (await desk.facts())
        .filter(({ key }) => key === reminderId)
        .map(({ topic, data }) => (data.reason ? `${topic} ${data.reason}` : topic)),
    calm: () => {
      smtp.refuse()
      provider.trouble()
    },
    lettersTo: (address) => smtp.received.filter(({ to }) => to === address).map(({ raw }) => raw),
    close: async () => {
      email.close()
      await Promise.all([office.close(), smtp.stop(), provider.stop()])
    },
  }
}
