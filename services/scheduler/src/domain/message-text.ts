import type { MessageKind } from './message.ts'
import type { Channel } from './reminders.ts'

/** All that a message to a patient may draw on. Which channel shows what of it is decided here (S-09). */
export interface MessageFacts {
  readonly kind: MessageKind
  readonly practiceName: string
  readonly practicePhone: string | null
  readonly practitionerName: string
  readonly practitionerCredentials: string | null
  readonly locationName: string | null
  readonly startsAt: string
  readonly timeZone: string
  readonly telehealthUrl: string | null
  readonly additionalInstructions: string | null
  /** Whether the patient was told of another time before. */
  readonly moved: boolean
  /** Of the page that takes feedback. */
  readonly feedbackUrl: string | null
}

export interface MessageText {
  readonly subject: string
  readonly text: string
}

const LANGUAGE = 'en-US'

/**
 * The minimum that each channel needs. An email goes to the patient's own mailbox and carries what S-09 promises: with whom,
 * where or by which URL, instructions. A text shows on a locked screen and a call is heard by whoever picks up: they name the
 * practice and the time, a text also the URL of the visit, and nothing else. No channel names the patient or a service.
 */
export function messageText(channel: Channel, facts: MessageFacts): MessageText {
  if (facts.kind === 'feedback') return feedbackText(channel, facts)
  if (channel === 'email') return emailText(facts)
  return { subject: '', text: channel === 'text' ? shortText(facts) : spokenText(facts) }
}

function emailText(facts: MessageFacts): MessageText {
  const { practiceName, telehealthUrl, locationName, additionalInstructions, practicePhone } = facts
  const { practitionerName, practitionerCredentials } = facts
  const opening =
    facts.kind === 'confirmation'
      ? `your appointment with ${practiceName} is booked.`
      : `this is a reminder of your appointment with ${practiceName}.`
  const who = practitionerCredentials ? `${practitionerName}, ${practitionerCredentials}` : practitionerName
  const lines = [
    `When: ${longTime(facts)}`,
    `With: ${who}`,
    ...(locationName ? [`Where: ${locationName}`] : []),
    ...(telehealthUrl ? [`Online: ${telehealthUrl}`] : []),
  ]
  const paragraphs = [
    `Hello,\n\n${opening}${facts.moved ? ' Its time has changed.' : ''}`,
    lines.join('\n'),
    ...(additionalInstructions ? [`Instructions:\n${additionalInstructions}`] : []),
    practicePhone
      ? `If you cannot come, please call ${practicePhone}.`
      : 'If you cannot come, please tell the practice.',
  ]
  const { day } = timeParts(facts)
  return { subject: `Your appointment on ${day}`, text: `${paragraphs.join('\n\n')}\n` }
}

function shortText(facts: MessageFacts): string {
  const { day, time, zone } = timeParts(facts)
  const what = facts.moved
    ? 'New time: appointment'
    : facts.kind === 'confirmation'
      ? 'Booked: appointment'
      : 'Reminder: appointment'
  const sentences = [
    `${what} with ${facts.practiceName} on ${day} at ${time} ${zone}.`,
    ...(facts.telehealthUrl ? [`Online: ${facts.telehealthUrl}`] : []),
    ...(facts.additionalInstructions ? ['There are instructions for this visit: please ask us.'] : []),
    ...(facts.practicePhone ? [`To change it, call ${facts.practicePhone}.`] : []),
  ]
  return sentences.join(' ')
}

function spokenText(facts: MessageFacts): string {
  const { day, time } = timeParts(facts)
  const change = facts.practicePhone ? ` To change it, please call ${facts.practicePhone}.` : ''
  const moved = facts.moved ? ' The time has changed.' : ''
  return `Hello. This is a message from ${facts.practiceName}. You have an appointment on ${day}, at ${time}.${moved}${change}`
}

function feedbackText(channel: Channel, { practiceName, feedbackUrl }: MessageFacts): MessageText {
  if (channel === 'email') {
    return {
      subject: 'How was your visit?',
      text: `Hello,\n\nthank you for your visit at ${practiceName}. How was it for you? Four short questions:\n\n${feedbackUrl}\n\nYour answers go to the practice. The link works once.\n`,
    }
  }
  return { subject: '', text: `How was your visit at ${practiceName}? Four short questions: ${feedbackUrl}` }
}

/** The time on the wall of the appointment's zone, with the zone as people there call it. */
function timeParts({ startsAt, timeZone }: Pick<MessageFacts, 'startsAt' | 'timeZone'>) {
  const at = Temporal.Instant.from(startsAt).toZonedDateTimeISO(timeZone)
  const day = at.toPlainDate().toLocaleString(LANGUAGE, { weekday: 'long', month: 'long', day: 'numeric' })
  const time = at
    .toPlainTime()
    .toLocaleString(LANGUAGE, { hour: 'numeric', minute: '2-digit' })
    .replaceAll('\u202f', ' ')
  const zone = at
    .toLocaleString(LANGUAGE, { timeZoneName: 'short' })
    .split(/[\s\u202f]/)
    .at(-1)!
  return { day, time, zone, year: at.year }
}

function longTime(facts: MessageFacts): string {
  const { day, time, zone, year } = timeParts(facts)
  return `${day}, ${year}, ${time} ${zone} (${facts.timeZone.replaceAll('_', ' ')})`
}
