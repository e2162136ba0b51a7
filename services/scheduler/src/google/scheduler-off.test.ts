import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { at, type Connected, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'
import { created, PRACTICE, PRODUCTS } from '../testing/office.ts'

let desk: GoogleDesk
let dana: Connected
beforeAll(async () => {
  desk = await openGoogleDesk()
  dana = await desk.anew()
})
afterAll(() => desk.close())

async function use(scheduler: boolean) {
  const { version } = created(await desk.owner.get('/v1/practice'))
  const changed = { ...PRACTICE, products: { ...PRODUCTS, scheduler } }
  created(await desk.owner.put('/v1/practice', changed, { ifMatch: version }))
}
const titles = async () => (await desk.agenda(dana)).map(({ title }) => title)

test('S-01, S-19 with the scheduler off an outside event makes nothing here, what stands follows; once it is on all comes', async () => {
  const dentist = desk.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:00')) })
  await desk.sync()
  await use(false)
  desk.put(dana, { summary: 'Yoga', ...times(at(5), at(5, '10:00')) })
  // Three days are three appointments; there is one.
  const longer = times(at(0), at(2, '08:00'))
  desk.google
    .calendar(dana.calendarId)
    .change(dentist.id, { ...longer, summary: 'Surgeon' }, 'patch', undefined)
  await desk.settle()
  expect(await titles()).toEqual(['Surgeon'])
  await use(true)
  await desk.settle()
  expect(await titles()).toEqual(['Surgeon', 'Surgeon', 'Surgeon', 'Yoga'])
})
