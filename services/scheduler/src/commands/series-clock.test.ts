import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { seriesPreviewAnswer } from '../appointment-answers.ts'
import { created, type Office, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

/** In 2110 the clock of Chicago is set back on Sunday 2 November, so that 1:00 to 2:00 comes twice. */
const HALF_PAST = { start: '2110-11-02T01:30', end: '2110-11-02T01:50' }
const FIRST = '2110-11-02T06:30:00Z'
const SECOND = '2110-11-02T07:30:00Z'
const SUNDAYS = { frequency: 'weekly', weekdays: ['SU'], count: 2 }

const post = (body: object) => {
  const { patientId } = office.patient
  const { practitionerId } = office.practitioner
  return office.owner.post('/v1/appointments', { patientId, practitionerId, ...body })
}
const path = (id: string) => `/v1/appointments/${id}`
const future = (id: string, body: object) =>
  office.owner.patch(path(id), { scope: 'this-and-future', ...body })

interface Told {
  code: string
  field: string
  appointmentId?: string
}
/** What was told of the clock: these appointments clash with each other. */
const ofTheClock = ({ warnings }: { warnings: Told[] }) =>
  warnings.filter(({ code }) => code.endsWith('_local_time'))

async function instantsOf(seriesId: string): Promise<string[]> {
  const { items } = created(await office.owner.get(`/v1/series/${seriesId}/occurrences`))
  return items.map(({ startsAt }: { startsAt: string }) => startsAt)
}

describe('a series in the hour that comes twice', () => {
  test('S-08 S-13 the second one is taken of the occurrence for which it was said, the others go by the rule', async () => {
    const series = created(await post({ ...HALF_PAST, ambiguousTime: 'later', recurrence: SUNDAYS }))
    expect(series).toMatchObject({ startsAt: SECOND, endsAt: '2110-11-02T07:50:00Z' })
    expect(ofTheClock(series)).toEqual([])
    expect(await instantsOf(series.seriesId)).toEqual([SECOND, '2110-11-09T07:30:00Z'])
    created(await future(series.appointmentId, { additionalInstructions: 'Side door.' }))
    expect(await instantsOf(series.seriesId)).toEqual([SECOND, '2110-11-09T07:30:00Z'])
  })

  test('S-08 S-13 of the others the first is taken, and each is told; one alone is put to the second', async () => {
    const before = { start: '2110-10-26T01:30', end: '2110-10-26T01:50' }
    const series = created(await post({ ...before, ambiguousTime: 'later', recurrence: SUNDAYS }))
    const { items } = created(await office.owner.get(`/v1/series/${series.seriesId}/occurrences`))
    const { appointmentId, startsAt } = items[1]
    expect(startsAt).toBe(FIRST)
    expect(ofTheClock(series)).toMatchObject([
      { code: 'doubled_local_time', field: 'start', appointmentId },
      { code: 'doubled_local_time', field: 'end', appointmentId },
    ])
    const alone = created(await office.owner.patch(path(appointmentId), { ambiguousTime: 'later' }))
    expect(alone).toMatchObject({ start: HALF_PAST.start, startsAt: SECOND })
  })

  test('S-08 S-14 a single appointment at the second one stays there as the first of a series', async () => {
    const one = created(await post({ ...HALF_PAST, ambiguousTime: 'later' }))
    expect(one.startsAt).toBe(SECOND)
    const asked = { scope: 'this-and-future', recurrence: SUNDAYS }
    const preview = seriesPreviewAnswer.parse(
      created(await office.owner.post(`${path(one.appointmentId)}/preview-change`, asked)),
    )
    expect(preview.occurrences.map(({ to }) => to!.startsAt)).toEqual([SECOND, '2110-11-09T07:30:00Z'])
    const series = created(
      await office.owner.patch(path(one.appointmentId), { ...asked, plan: preview.plan }),
    )
    expect(series.startsAt).toBe(SECOND)
    expect(ofTheClock(series)).toEqual([])
    expect(await instantsOf(series.seriesId)).toEqual([SECOND, '2110-11-09T07:30:00Z'])
  })

  test('S-08 S-17 a series is dragged onto the second one', async () => {
    const before = { start: '2110-11-02T00:30', end: '2110-11-02T00:50' }
    const series = created(await post({ ...before, recurrence: SUNDAYS }))
    const drag = { ...HALF_PAST, ambiguousTime: 'later', scope: 'this-and-future' }
    const moved = created(await office.owner.post(`${path(series.appointmentId)}/reschedule`, drag))
    expect(ofTheClock(moved)).toEqual([])
    expect(await instantsOf(moved.seriesId)).toEqual([SECOND, '2110-11-09T07:30:00Z'])
  })

  test('S-08 S-13 times that are in order on that day alone make no series', async () => {
    const times = { start: '2110-11-02T01:30', end: '2110-11-02T01:15' }
    const folds = { ambiguousTime: 'earlier', endAmbiguousTime: 'later' }
    const refused = { status: 400, code: 'end_not_after_start', field: 'end' }
    expect(refusalOf(await post({ ...times, ...folds, recurrence: SUNDAYS }))).toMatchObject(refused)
    const same = { start: times.start, end: times.start }
    expect(refusalOf(await post({ ...same, ...folds, recurrence: SUNDAYS }))).toMatchObject(refused)
    const one = created(await post({ ...times, ...folds }))
    expect(one).toMatchObject({ startsAt: FIRST, endsAt: '2110-11-02T07:15:00Z' })
    expect(refusalOf(await future(one.appointmentId, { recurrence: SUNDAYS }))).toMatchObject(refused)
    const series = created(
      await post({ start: '2110-11-02T08:00', end: '2110-11-02T08:30', recurrence: SUNDAYS }),
    )
    expect(refusalOf(await future(series.appointmentId, { ...times, ...folds }))).toMatchObject(refused)
  })
})
