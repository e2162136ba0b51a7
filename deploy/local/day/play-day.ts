import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Terminal } from '../output/terminal.ts'
import { seconds } from '../output/terminal.ts'
import { firstDay } from '../practice/calendar.ts'
import type { Practice } from '../practice/folder.ts'
import { httpUrl, type Reachable } from '../services.ts'
import { playAhead } from './ahead.ts'
import type { Asking } from './asking.ts'
import { postBill } from './bills.ts'
import { takeCheck } from './check.ts'
import { closeBooks } from './closing.ts'
import { openDesk } from './desk.ts'
import { readEvents } from './events.ts'
import { feeCharged, sendStatement } from './missed.ts'
import { connectPartner } from './online.ts'
import { peopleOf } from './people.ts'
import { FIGURES, MONEY, type Numbers, type Played } from './played.ts'
import { openQuestions } from './questions.ts'
import { readBack } from './read-back.ts'
import type { DayResult, Figure, RefusedDeletion, Told } from './result.ts'
import { importScan } from './scan.ts'
import type { Scene } from './scene.ts'
import { setUp } from './set-up.ts'
import { playVisit, schedule, shiftOf, tryDelete } from './visits.ts'
import { wasDone } from './was-done.ts'

/**
 * A day at a practice, through the public interfaces only: HTTP with tokens of the issuer, gRPC questions, topics. Played
 * again on the same day it changes nothing; on another day the visits are new.
 */
export async function playDay(practice: Practice, around: Reachable, terminal: Terminal): Promise<DayResult> {
  const begun = performance.now()
  const say = (what: string) => terminal.busy(`a day at ${practice.about.name}: ${what}`)
  terminal.line()
  say('signing in')
  const shift = shiftOf(practice, Temporal.Now.instant())
  const date = firstDay(practice.visits).add(shift)
  const lastDate = practice.visits
    .map((visit) => visit.end.add(shift).toPlainDate())
    .sort(Temporal.PlainDate.compare)
    .at(-1)!
  const people = peopleOf(practice)
  const desk = await openDesk(around.home, practice, date.toString())
  const token = desk.token(people.owner)
  const questions = openQuestions(around.home, { token, practiceId: practice.practiceId })
  const events = await readEvents(around, practice.practiceId)
  const asking: Asking = { desk, people, questions, events }
  const told = (step: string) => stepTold(terminal, step)
  try {
    const done = told('set-up')
    const ids = await setUp(desk, people, practice, say)
    if (around.paysOnline) await connectPartner(desk, people, practice)
    done(`${practice.about.practitioners.length} practitioners, ${practice.patients.length} patients`)
    const { paysOnline } = around
    const scene: Scene = { desk, people, practice, ids, paysOnline, say }
    const { visits, deletions } = await playVisits(scene, asking, shift, told)
    const { leftOut, ...ahead } = await playAhead(scene, around, date, told)
    const scanned = told('scan')
    const scan = await importScan(scene)
    scanned(`${scan.pages} ${scan.pages === 1 ? 'page' : 'pages'} imported`)
    const taken = told('check')
    const check = await takeCheck(scene, visits)
    taken('an insurer’s money: posted, disbursed, refunded, in escrow')
    const closed = told('closing')
    const closing = await closeBooks(scene, date)
    closed(`the books through ${date}, sealed`)
    const played: Played = {
      ...{ practice, visits, ...ahead, scan, check, closing },
      ...{ date, lastDate, paysOnline },
    }
    say('reading every figure back')
    const compared = told('read back')
    const figures = await compare(asking, played)
    compared(`${figures.length} figures from the services that own them`)
    const sample = await keepSample(asking, played, around)
    terminal.busy(undefined)
    terminal.line(`The day took ${seconds(performance.now() - begun)}`)
    return {
      practice: practice.about.name,
      date: date.toString(),
      figures,
      leftOut,
      refusedDeletions: deletions,
      topics: events.byTopic(),
      exampleAppointmentId: visits[0]?.appointmentId,
      sample,
      agrees: figures.every(({ agrees }) => agrees),
    }
  } finally {
    terminal.busy(undefined)
    questions.close()
    await events.stop()
  }
}

async function playVisits(scene: Scene, { questions }: Asking, shift: Temporal.Duration, told: Told) {
  const scheduled = told('schedule')
  const visits = await schedule(scene, shift)
  scheduled(`${visits.length} appointments from the calendar`)
  const planned = visits.filter(({ plan }) => plan)
  const seen = told('visits')
  for (const visit of planned) await playVisit(scene, visit)
  seen(`${planned.length} visits: check-in, note, signature, release, completion`)
  const billed = told('bills')
  const toPost = planned.filter(({ plan }) => plan!.postBill)
  for (const visit of toPost) await postBill(scene, questions, visit)
  const missed = planned.filter(({ plan }) => plan!.noShow)
  for (const visit of missed) await feeCharged(scene, questions, visit)
  for (const visit of missed) await sendStatement(scene, visit)
  billed(
    `${toPost.length} reviewed and signed by the biller, ${missed.length} with a no-show fee and a statement`,
  )
  const deletions: RefusedDeletion[] = []
  for (const visit of planned.filter(({ plan }) => plan!.tryDelete))
    deletions.push(await tryDelete(scene, visit))
  return { visits, deletions }
}

/** A line per step of the day, with its time. */
function stepTold(terminal: Terminal, step: string) {
  const begun = performance.now()
  return (result: string) => {
    const ms = seconds(performance.now() - begun).padStart(7)
    terminal.line(
      `${terminal.style('green', '✓')} ${step.padEnd(11)} ${ms}  ${terminal.style('dim', result)}`,
    )
  }
}

/** Longer than a calendar stays leased to a scheduler that was killed, less what a start takes (decision 16). */
const WAIT_MS = 60_000
const PAUSE_MS = 200

/** Facts travel: asks again until all figures agree, or shows those that still do not when the time is up. */
async function compare(asking: Asking, played: Played): Promise<Figure[]> {
  const done = wasDone(played)
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    const late = performance.now() > deadline
    const read = await readBack(asking, played).catch((error: unknown) => {
      if (late) throw error // before that, a part that ended is being started again
    })
    const figures = read && figuresOf(read, done)
    if (figures && (late || figures.every(({ agrees }) => agrees))) return figures
    await sleep(PAUSE_MS)
  }
}

function figuresOf(read: Numbers, done: Numbers): Figure[] {
  const played = (Object.keys(FIGURES) as (keyof Numbers)[]).filter((key) => done[key] !== undefined)
  return played.map((key) => {
    const [name, owner] = FIGURES[key]
    const shown = (value = Number.NaN) => (MONEY.has(key) ? (value / 100).toFixed(2) : value)
    return {
      key,
      name,
      owner,
      read: shown(read[key]),
      done: shown(done[key]),
      agrees: read[key] === done[key],
    }
  })
}

/** The PDF of a signed note, for a person to look at. */
async function keepSample(
  { desk, people }: Asking,
  { visits }: Played,
  { home }: Reachable,
): Promise<string | undefined> {
  const signed = visits.find(({ plan, encounterId }) => plan?.note?.sign && encounterId)
  if (!signed) return undefined
  const path = `/v1/encounters/${signed.encounterId}/document`
  const answer = await fetch(httpUrl(home, 'ehr') + path, {
    headers: { authorization: `Bearer ${desk.token(people.owner)}` },
  })
  if (!answer.ok) return undefined
  const folder = join(home.data, 'documents')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'signed-note.pdf')
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
  return file
}
