import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { GoogleTrouble } from '@praxisbus/testing'
import fc from 'fast-check'
import { at, type Connected, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'

/**
 * Random edits on both sides, rounds in between that may fail at any request, before or after its work was done. In the end both
 * sides agree by the rules of domain/google/settle.ts, nothing is doubled, and then nothing is written any more.
 */
let desk: GoogleDesk
beforeAll(async () => {
  desk = await openGoogleDesk()
})
afterAll(() => desk.close())

const RUNS = Number(process.env.CONVERGE_RUNS ?? 6)
const EDITS = 24

const hour = fc.integer({ min: 0, max: 9 }).map((hours) => `${String(hours + 8).padStart(2, '0')}`)
const slot = fc.record({ ahead: fc.integer({ min: 0, max: 20 }), hour })
const pick = fc.nat(1_000)
const calls = [
  'events.list',
  'events.insert',
  'events.patch',
  'events.delete',
  'events.get',
  'events',
] as const
const hows = ['drop', 'drop-after', 'fault', 'fault-after', 'too-many', 'rate-limit', 'unauthorized'] as const
const trouble = fc.record({ on: fc.constantFrom(...calls), how: fc.constantFrom(...hows), after: fc.nat(2) })
const edit = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('visit', 'block', 'outside'), slot }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('move here', 'move there'), pick, slot }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('delete here', 'delete there', 'free there'), pick }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('accept', 'decline'), pick }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('round'), troubles: fc.array(trouble, { maxLength: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('expire token', 'clock ahead', 'clock back') }) },
)
type Edit = {
  readonly do: string
  readonly slot?: { readonly ahead: number; readonly hour: string }
  readonly pick?: number
  readonly troubles?: readonly GoogleTrouble[]
}

const spanOf = ({ ahead, hour }: NonNullable<Edit['slot']>) =>
  [at(ahead, `${hour}:00`), at(ahead, `${hour}:45`)] as const

async function play(of: Connected, step: Edit): Promise<void> {
  const calendar = desk.google.calendar(of.calendarId)
  const [start, end] = step.slot ? spanOf(step.slot) : ['', '']
  const one = <Item>(list: readonly Item[]): Item | undefined =>
    list[(step.pick ?? 0) % Math.max(list.length, 1)]
  const { owner } = desk
  switch (step.do) {
    case 'visit':
      return void (await desk.visit(of, { start, end }))
    case 'block':
      return void (await desk.block(of, { start, end }))
    case 'outside':
      return void desk.put(of, { summary: 'Outside', ...times(start, end) })
    case 'move here': {
      const found = one(await desk.agenda(of))
      if (found) await owner.post(`/v1/appointments/${found.id}/reschedule`, { start, end })
      return
    }
    case 'move there': {
      const found = one(desk.events(of))
      if (found) calendar.change(found.id, times(start, end), 'patch', undefined)
      return
    }
    case 'delete here': {
      const found = one(await desk.agenda(of))
      if (found) await owner.delete(`/v1/appointments/${found.id}`)
      return
    }
    case 'delete there': {
      const found = one(desk.events(of))
      if (found) calendar.delete(found.id, undefined)
      return
    }
    case 'free there': {
      const found = one(desk.events(of))
      if (found) calendar.change(found.id, { transparency: 'transparent' }, 'patch', undefined)
      return
    }
    case 'accept':
    case 'decline': {
      const found = one(await desk.proposals(of))
      if (found) await owner.post(`/v1/calendar-proposals/${found.proposalId}/${step.do}`)
      return
    }
    case 'expire token':
      calendar.generation += 1
      return
    case 'clock ahead':
    case 'clock back':
      return desk.google.shiftClock({ seconds: step.do === 'clock ahead' ? 3 : -3 })
    default: {
      desk.google.trouble(...(step.troubles ?? []))
      await desk.sync()
      desk.google.trouble()
    }
  }
}

/** What each side says, in the same words. An event of ours that became Google's has an id of ours all the same: so by time alone. */
async function sides(of: Connected) {
  const words = (startsAt: string, free: boolean) =>
    `${Temporal.Instant.from(startsAt)} ${free ? 'free' : 'busy'}`
  const here = (await desk.agenda(of)).map(({ startsAt, showAs }) => words(startsAt, showAs === 'free'))
  const there = desk
    .events(of)
    .map(({ start, transparency }) => words(start!.dateTime!, transparency === 'transparent'))
  return { here: here.sort(), there: there.sort() }
}
const idOf = (id: string) => `pb${id.replaceAll('-', '')}`
test('S-19 random edits on both sides, with faults in between, end in agreement, and then in silence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: EDITS, maxLength: EDITS }), async (steps) => {
      await desk.alone()
      desk.google.shiftClock({ seconds: 0 })
      const of = await desk.connect()
      for (const step of steps) await play(of, step)
      desk.google.trouble()
      await desk.settle()
      for (const { proposalId } of await desk.proposals(of))
        await desk.owner.post(`/v1/calendar-proposals/${proposalId}/decline`)
      await desk.settle()
      expect(await desk.proposals(of)).toEqual([])
      const { here, there } = await sides(of)
      expect(here).toEqual(there)
      const visits = (await desk.agenda(of))
        .filter(({ kind }) => kind !== 'other-event')
        .map(({ id }) => idOf(id))
      const names = desk.events(of).map(({ id }) => id.replace(/g\d+$/, ''))
      for (const visit of visits) expect(names.filter((name) => name === visit)).toEqual([visit])
      const from = desk.google.requests.length
      await desk.settle()
      const after = desk.google.requests.slice(from).map(({ call }) => call)
      expect(after.filter((call) => call !== 'events.list')).toEqual([])
      expect(await desk.connection(of)).toMatchObject({ queued: 0, failed: [], lastError: null })
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 150_000, markInterruptAsFailure: false },
  )
}, 240_000)
