import type { DayResult } from '../day/result.ts'
import { SERVICES } from '../home.ts'
import type { Practice } from '../practice/folder.ts'
import { grpcAddress, httpUrl, issuerUrl, type Surroundings, tokenCommand } from '../services.ts'
import { box, table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** What a person sees when all is up: where everything is, and what to try. */
export function showWhereabouts(terminal: Terminal, around: Surroundings, practice: Practice): void {
  const { home } = around
  const { line, style } = terminal
  line()
  for (const text of box([
    'Development only, not for patient data:',
    'passwords are public, traffic is not encrypted.',
  ]))
    line(style('yellow', text))
  line()
  const rows = SERVICES.map((service) => {
    const url = httpUrl(home, service)
    return [
      style('bold', service),
      `${url}/docs`,
      `${url}/readyz`,
      `${url}/metrics`,
      grpcAddress(home, service),
    ]
  })
  for (const text of table(['Service', 'API page', 'Health', 'Metrics', 'gRPC'], rows)) line(text)
  line()
  line(
    `${style('bold', 'Topics')}   ${httpUrl(home, 'scheduler')}/asyncapi.json   Kafka at ${around.brokers}`,
  )
  line(`${style('bold', 'Sign in')}  at ${issuerUrl(home)}, password dev:`)
  for (const user of practice.about.users)
    line(
      `         ${user.signIn.padEnd(12)} ${user.name} (${[...user.roles, ...user.signerRoles].join(', ')})`,
    )
  line(`${style('bold', 'Emails')}   ${home.mail}`)
  const { paymentPartner, google } = around
  line(
    `${style('bold', 'Stand-in')} for Stripe at ${paymentPartner.url}, for Google Calendar at ${google.url}; the real ones: docs/running-locally.md`,
  )
  line(`${style('bold', 'Logs')}     ${home.logs}`)
}

export function showExamples(terminal: Terminal, around: Surroundings, day: DayResult | undefined): void {
  const { line, style } = terminal
  const { home } = around
  const token = `$(${tokenCommand(home, 'owner')} | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`
  line()
  line(style('bold', 'Try'))
  line(style('dim', '  # a token, good for eight hours'))
  line(`  TOKEN=${token}`)
  line(style('dim', '  # HTTP: the visits of the practice'))
  line(`  curl -s -H "Authorization: Bearer $TOKEN" '${httpUrl(home, 'scheduler')}/v1/appointments?limit=3'`)
  line(style('dim', '  # gRPC: what billing holds for a visit'))
  const appointmentId = day?.exampleAppointmentId ?? '<an appointment id from the line above>'
  line(
    `  grpcurl -plaintext -H "authorization: Bearer $TOKEN" -d '{"appointmentId":"${appointmentId}"}' ${grpcAddress(home, 'billing')} praxisbus.billing.v1.Billing/GetVisitBilling`,
  )
  line(style('dim', '  # a practice of your own: copy the example, change it, and say where it is'))
  line('  cp -r examples/practice my-practice && npm start -- --practice my-practice')
  line(style('dim', '  # is all well?'))
  line('  npm run doctor')
}

export function showDay(terminal: Terminal, day: DayResult): void {
  const { line, style } = terminal
  line()
  line(style('bold', `A day at ${day.practice}, ${day.date}`))
  line()
  const rows = day.figures.map(({ name, owner, read, done, agrees }) => [
    agrees ? style('green', '✓') : style('red', '✗'),
    name,
    shown(read),
    shown(done),
    owner,
  ])
  for (const text of table(['', 'What', 'Read back', 'Was done', 'From'], rows, [2, 3])) line(text)
  if (!day.agrees) for (const text of disagreement(day)) line(style('red', text))
  line()
  const counts = Object.entries(day.topics).map(([topic, count]) => `${topic} ${count}`)
  line(`${style('bold', 'Events')} of this practice, by topic: ${counts.join(' · ')}`)
  if (day.leftOut.length > 0) line()
  for (const scene of day.leftOut) line(`${style('bold', 'Left out')}  ${scene}`)
  for (const { appointment, detail, next } of day.refusedDeletions) {
    line()
    line(`${style('bold', 'Asked')}  to delete the visit of ${appointment}; refused, as it should be:`)
    line(`       ${detail} ${next}`)
  }
  if (day.sample) {
    line()
    line(`${style('bold', 'Signed')} note as a PDF: ${day.sample}`)
  }
}

/** What may be behind figures that do not agree, and what to do. */
export function disagreement({ figures }: Pick<DayResult, 'figures'>): string[] {
  const ofKafka = figures.filter(({ owner }) => owner === 'Kafka')
  const others = figures.filter(({ owner }) => owner !== 'Kafka')
  if (others.every(({ agrees }) => agrees) && ofKafka.every(({ read }) => read === 0))
    return [
      'Kafka holds none of these events, though they were published: its data is younger than the databases’ (another Kafka, or its folder was lost).',
      '  To begin anew: npm start -- --fresh',
    ]
  return [
    'The figures marked ✗ do not agree.',
    '  npm run doctor shows what waits or is parked while the system runs (npm start without --once); the logs say more.',
  ]
}

const shown = (value: number | string) => String(value)
