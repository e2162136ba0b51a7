import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { at, type Connected, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'
import { bothSides, eventOf, pathOf } from '../testing/google-sides.ts'
import { created, refusalOf } from '../testing/office.ts'
import { NO_BILL } from '../testing/peers.ts'

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

describe('S-19 moves and deletes of ours that were made in Google', () => {
  test('S-19 a busy block follows at once: time, busy or free, then gone; nothing echoes', async () => {
    const id = await desk.block(dana)
    await desk.turn()
    moveThere(id, at(2, '13:00'), at(2, '14:00'))
    calendar().change(eventOf(id), { transparency: 'transparent', summary: 'Lunch' }, 'patch', undefined)
    expect(await writesOf(desk.settle)).toBe(0)
    expect(await desk.agenda(dana)).toMatchObject([
      { id, start: at(2, '13:00'), end: at(2, '14:00'), showAs: 'free', title: 'Team meeting' },
    ])
    calendar().delete(eventOf(id), undefined)
    expect(await writesOf(desk.settle)).toBe(0)
    expect(await desk.agenda(dana)).toEqual([])
    expect((await desk.appointment(id)).status).toBe('deleted')
  })

  test('S-19 where titles are shown, a title that was changed there comes back', async () => {
    await desk.alone()
    dana = await desk.connect({ titlesShown: true })
    const id = await desk.block(dana)
    await desk.settle()
    expect(desk.events(dana)).toMatchObject([{ summary: 'Team meeting' }])
    calendar().change(eventOf(id), { summary: 'All hands' }, 'patch', undefined)
    expect(await writesOf(desk.settle)).toBe(0)
    expect(await desk.agenda(dana)).toMatchObject([{ id, title: 'All hands' }])
  })

  test('S-19 a visit that was moved is proposed; accepted, it moves by the verb that reschedules', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    moveThere(id, at(4, '11:00'), at(4, '11:50'))
    await desk.settle()
    expect(await startHere()).toEqual([at(0)])
    const [proposal, ...more] = await desk.proposals(dana)
    expect(more).toEqual([])
    expect(proposal).toMatchObject({
      ...{ appointmentId: id, kind: 'move', start: at(4, '11:00'), end: at(4, '11:50'), state: 'open' },
      patientName: 'Ada Lovelace-Moran',
    })
    expect((await desk.connection(dana)).openProposals).toBe(1)
    expect(created(await decide(proposal!.proposalId, 'accept'))).toMatchObject({ state: 'accepted' })
    await desk.settle()
    expect([await startHere(), startThere()]).toEqual([[at(4, '11:00')], [at(4, '11:00')]])
    expect(refusalOf(await decide(proposal!.proposalId, 'decline'))).toMatchObject({
      status: 409,
      code: 'already_decided',
    })
  })

  test('S-19 declined, Google has our time again', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    moveThere(id, at(4, '11:00'), at(4, '11:50'))
    await desk.settle()
    const [proposal] = await desk.proposals(dana)
    expect(created(await decide(proposal!.proposalId, 'decline'))).toMatchObject({ state: 'declined' })
    await desk.settle()
    expect([await startHere(), startThere(), await desk.proposals(dana)]).toEqual([[at(0)], [at(0)], []])
  })

  test.each([
    ['accept', 'cancelled', 0],
    ['decline', 'scheduled', 1],
  ] as const)(
    'S-19 a visit that was deleted there is proposed to be cancelled: %s',
    async (how, status, left) => {
      const id = await desk.visit(dana)
      await desk.turn()
      calendar().delete(eventOf(id), undefined)
      await desk.settle()
      const [proposal] = await desk.proposals(dana)
      expect(proposal).toMatchObject({ appointmentId: id, kind: 'cancel', start: null })
      expect(desk.events(dana)).toEqual([])
      created(await decide(proposal!.proposalId, how))
      await desk.settle()
      expect(desk.events(dana)).toHaveLength(left)
      expect((await desk.appointment(id)).status).toBe(status)
      expect(await desk.proposals(dana)).toEqual([])
    },
  )

  test('S-19 S-16 what those verbs refuse is refused with their words, and the proposal stays open', async () => {
    const past = Temporal.Now.zonedDateTimeISO('America/Chicago').subtract({ hours: 4 }).toPlainDateTime()
    const local = (time: Temporal.PlainDateTime) => time.toString({ smallestUnit: 'minute' })
    const id = await desk.visit(dana, { start: local(past), end: local(past.add({ minutes: 50 })) })
    await desk.turn()
    moveThere(id, local(past.add({ minutes: 60 })), local(past.add({ minutes: 110 })))
    await desk.settle()
    desk.peers.money = { ...NO_BILL, billStatus: 'posted' }
    const [proposal] = await desk.proposals(dana)
    expect(refusalOf(await decide(proposal!.proposalId, 'accept'))).toMatchObject({
      status: 409,
      code: 'bill_open',
    })
    expect(await desk.proposals(dana)).toHaveLength(1)
    desk.peers.reset()
    created(await decide(proposal!.proposalId, 'accept'))
    expect(await startHere()).toEqual([local(past.add({ minutes: 60 }))])
  })

  test('S-19 moved again, the later proposal counts; moved back, there is none', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    for (const ahead of [4, 5]) {
      moveThere(id, at(ahead), at(ahead, '09:50'))
      await desk.sync()
    }
    expect(await desk.proposals(dana)).toMatchObject([{ start: at(5) }])
    expect(await desk.proposals(dana, 'superseded')).toEqual(
      expect.arrayContaining([expect.objectContaining({ start: at(4) })]),
    )
    moveThere(id, at(0), at(0, '09:50'))
    await desk.sync()
    expect(await desk.proposals(dana)).toEqual([])
  })

  test('S-19 a proposal is over once the visit is cancelled here, or stands where it was moved to', async () => {
    const [one, other] = [
      await desk.visit(dana),
      await desk.visit(dana, { start: at(1), end: at(1, '09:50') }),
    ]
    await desk.turn()
    moveThere(one, at(4), at(4, '09:50'))
    moveThere(other, at(5), at(5, '09:50'))
    await desk.sync()
    expect(await desk.proposals(dana)).toHaveLength(2)
    created(await desk.owner.post(`${pathOf(one)}/cancel`, { kind: 'cancelled' }))
    await moveHere(other, at(5), at(5, '09:50'))
    await desk.settle()
    expect(await desk.proposals(dana)).toEqual([])
    expect(startThere()).toEqual([at(5)])
  })

  test('S-19 words that were changed there of a visit are put right; its description is its owner’s', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    calendar().change(eventOf(id), { summary: 'Ada!', description: 'mine' }, 'patch', undefined)
    await desk.settle()
    expect(desk.events(dana)).toMatchObject([{ summary: 'Appointment', description: 'mine' }])
    expect(await desk.proposals(dana)).toEqual([])
  })

  test.each(['visit', 'block'] as const)(
    'S-19 what an appointment cannot be is put right: a %s of three days, one that recurs',
    async (kind) => {
      const id = await desk[kind](dana)
      await desk.turn()
      calendar().change(
        eventOf(id),
        { start: { date: at(1).slice(0, 10) }, end: { date: at(4).slice(0, 10) } },
        'patch',
        undefined,
      )
      await desk.settle()
      expect([await startHere(), startThere()]).toEqual([[at(0)], [at(0)]])
      calendar().change(eventOf(id), { recurrence: ['RRULE:FREQ=DAILY;COUNT=5'] }, 'patch', undefined)
      await desk.settle()
      expect([await startHere(), startThere()]).toEqual([[at(0)], [at(0)]])
      expect(calendar().get(eventOf(id)).recurrence ?? []).toEqual([])
      expect(await desk.proposals(dana)).toEqual([])
    },
  )

  test('S-19 a copy that somebody makes of an event of ours is an outside event', async () => {
    const id = await desk.visit(dana)
    await desk.turn()
    const { extendedProperties, summary } = calendar().get(eventOf(id))
    desk.put(dana, { extendedProperties, summary, ...times(at(3), at(3, '10:00')) })
    await desk.settle()
    expect(await desk.agenda(dana)).toMatchObject([
      { id },
      { kind: 'other-event', title: 'Appointment', start: at(3) },
    ])
  })
})
