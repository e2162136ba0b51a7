import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { at, type Connected, type GoogleDesk, openGoogleDesk } from '../testing/google.ts'
import { bothSides, eventOf, pathOf } from '../testing/google-sides.ts'
import { created } from '../testing/office.ts'

let desk: GoogleDesk
let dana: Connected
beforeAll(async () => {
  desk = await openGoogleDesk()
})
beforeEach(async () => {
  dana = await desk.anew()
})
afterAll(() => desk.close())

const { calendar, decide, moveHere, moveThere, startHere, startThere, writesOf } = bothSides(() => ({
  desk,
  of: dana,
}))

describe('S-19 an edit from each side at once', () => {
  test.each([
    ['Google later', 60, at(5)],
    ['ours later', -60, at(4)],
  ])('S-19 of a busy block: %s', async (_, seconds, start) => {
    const id = await desk.block(dana)
    await desk.turn()
    await moveHere(id, at(4), at(4, '10:00'))
    desk.google.shiftClock({ seconds })
    moveThere(id, at(5), at(5, '10:00'))
    await desk.settle()
    expect([await startHere(), startThere()]).toEqual([[start], [start]])
  })

  test('S-19 of a visit: ours wins, the other becomes a proposal that can still be accepted', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    await moveHere(id, at(4), at(4, '09:50'))
    desk.google.shiftClock({ seconds: 60 })
    moveThere(id, at(5), at(5, '09:50'))
    await desk.settle()
    expect([await startHere(), startThere()]).toEqual([[at(4)], [at(4)]])
    const [proposal] = await desk.proposals(dana)
    expect(proposal).toMatchObject({ start: at(5) })
    created(await decide(proposal!.proposalId, 'accept'))
    await desk.settle()
    expect([await startHere(), startThere()]).toEqual([[at(5)], [at(5)]])
  })

  test('S-19 the same found by the etag alone: Google was changed between our look and our write', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    moveThere(id, at(5), at(5, '09:50'))
    await moveHere(id, at(4), at(4, '09:50'))
    await desk.turn() // pushes only: the calendar is not due to be read
    expect([await startHere(), startThere()]).toEqual([[at(4)], [at(4)]])
    expect(await desk.proposals(dana)).toMatchObject([{ start: at(5) }])
  })

  test('S-19 moved here, deleted there: a visit comes back with a proposal, a busy block goes by time', async () => {
    const [visit, block] = [
      await desk.visit(dana),
      await desk.block(dana, { start: at(1), end: at(1, '10:00') }),
    ]
    await desk.turn()
    await moveHere(visit, at(4), at(4, '09:50'))
    await moveHere(block, at(5), at(5, '10:00'))
    calendar().tellsDeleted = true
    desk.google.shiftClock({ seconds: 60 })
    for (const id of [visit, block]) calendar().delete(eventOf(id), undefined)
    await desk.settle()
    calendar().tellsDeleted = false
    expect([await startHere(), startThere()]).toEqual([[at(4)], [at(4)]])
    expect(await desk.proposals(dana)).toMatchObject([{ appointmentId: visit, kind: 'cancel' }])
  })

  test('S-19 deleted here, moved there later: a visit goes, a busy block is Google’s from then on', async () => {
    const [visit, block] = [
      await desk.visit(dana),
      await desk.block(dana, { start: at(1), end: at(1, '10:00') }),
    ]
    await desk.turn()
    for (const id of [visit, block]) await desk.owner.delete(pathOf(id))
    desk.google.shiftClock({ seconds: 60 })
    moveThere(visit, at(4), at(4, '09:50'))
    moveThere(block, at(5), at(5, '10:00'))
    await desk.settle()
    expect([await startHere(), startThere()]).toEqual([[at(5)], [at(5)]])
    calendar().delete(eventOf(block), undefined)
    await desk.settle()
    expect(await desk.agenda(dana)).toEqual([])
    expect(await desk.proposals(dana)).toEqual([])
  })

  test('S-19 both make the same change: nothing is left to do', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    await moveHere(id, at(4), at(4, '09:50'))
    moveThere(id, at(4), at(4, '09:50'))
    expect(await writesOf(desk.settle)).toBe(0)
    expect(await desk.proposals(dana)).toEqual([])
  })
})

test('S-19 times over a clock change keep their instants both ways', async () => {
  const changeIn = (year: number) => {
    const november = Temporal.PlainDate.from({ year, month: 11, day: 1 })
    // The first Sunday of November: 01:30 is shown twice.
    return november.add({ days: (7 - november.dayOfWeek) % 7 })
  }
  const today = Temporal.Now.plainDateISO()
  const thisYears = changeIn(today.year)
  const change = Temporal.PlainDate.compare(thisYears, today) > 0 ? thisYears : changeIn(today.year + 1)
  const local = (time: string) => `${change}T${time}`
  const id = await desk.block(dana, { start: local('01:30'), end: local('02:30'), ambiguousTime: 'later' })
  await desk.turn()
  expect(desk.events(dana)[0]!.start!.dateTime).toBe(`${local('01:30')}:00-06:00`)
  const first = { dateTime: `${local('01:30')}:00-05:00`, timeZone: 'America/Chicago' }
  calendar().change(eventOf(id), { start: first }, 'patch', undefined)
  await desk.settle()
  const [here] = await desk.agenda(dana)
  expect(here).toMatchObject({
    start: local('01:30'),
    startsAt: `${local('06:30')}:00Z`,
    endsAt: `${local('08:30')}:00Z`,
  })
})
