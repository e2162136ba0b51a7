import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { created, type Office, openCalendar, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
beforeEach(() => office.peers.reset())
afterAll(() => office.close())

const { nextDay, post } = openCalendar(() => office)
const path = (id: string) => `/v1/appointments/${id}`
const change = (id: string, body: object) => office.owner.patch(path(id), body)
const future = (id: string, body: object) => change(id, { scope: 'this-and-future', ...body })

/** A room at the office's location. */
async function newRoom() {
  const { locationId } = office.location
  return created(await office.owner.post('/v1/rooms', { name: 'Green', locationId })) as { roomId: string }
}

/** The room stands at the other location from now on. */
async function moveRoom(roomId: string) {
  const body = { name: 'Green', locationId: office.telehealth.locationId }
  created(await office.owner.put(`/v1/rooms/${roomId}`, body, { ifMatch: 1 }))
}

/** Where each occurrence of a series takes place. */
async function placesOf(seriesId: string): Promise<[string | null, string | null][]> {
  const { items } = created(await office.owner.get(`/v1/series/${seriesId}/occurrences`))
  const ids: string[] = items.map(({ appointmentId }: { appointmentId: string }) => appointmentId)
  const all = await Promise.all(ids.map(async (id) => created(await office.owner.get(path(id)))))
  return all.map(({ roomId, locationId }) => [roomId, locationId])
}

describe('a room that was moved to another location', () => {
  test('S-14 S-17 appointments in it stay where they are and can be changed and dragged', async () => {
    const { roomId } = await newRoom()
    const { locationId } = office.location
    const { appointmentId } = created(await post({ roomId }))
    await moveRoom(roomId)
    const words = created(await change(appointmentId, { additionalInstructions: 'Side door.' }))
    expect(words).toMatchObject({ additionalInstructions: 'Side door.', roomId, locationId })
    const { start, end } = nextDay()
    const moved = created(await office.owner.post(`${path(appointmentId)}/reschedule`, { start, end }))
    expect(moved).toMatchObject({ start, roomId, locationId })
  })

  test('S-02 named with another location than its own it is refused, alone it brings its own', async () => {
    const { roomId } = await newRoom()
    const { appointmentId } = created(await post({ roomId }))
    const other = created(await post({ locationId: office.location.locationId }))
    await moveRoom(roomId)
    const both = { roomId, locationId: office.location.locationId }
    expect(refusalOf(await change(other.appointmentId, both))).toMatchObject({
      status: 409,
      code: 'room_elsewhere',
      field: 'roomId',
    })
    const { locationId } = office.telehealth
    expect(created(await change(other.appointmentId, { roomId }))).toMatchObject({ roomId, locationId })
    expect(created(await change(appointmentId, { locationId }))).toMatchObject({ roomId, locationId })
  })

  test('S-14 a series in it can be changed as a whole', async () => {
    const { roomId } = await newRoom()
    const { locationId } = office.location
    const first = created(await post({ roomId, recurrence: { frequency: 'daily', count: 2 } }))
    await moveRoom(roomId)
    const answer = created(await future(first.appointmentId, { additionalInstructions: 'Side door.' }))
    expect(answer).toMatchObject({ series: { changed: 2 }, roomId, locationId })
  })
})

test('S-14 the room into which one was moved alone takes all future ones along, to its location; taken away they stay', async () => {
  const { roomId } = office.room
  const { locationId } = office.location
  const first = created(
    await post({ locationId: office.telehealth.locationId, recurrence: { frequency: 'daily', count: 3 } }),
  )
  created(await change(first.appointmentId, { roomId }))
  created(await future(first.appointmentId, { roomId }))
  expect(await placesOf(first.seriesId)).toEqual(Array(3).fill([roomId, locationId]))
  created(await future(first.appointmentId, { roomId: null }))
  expect(await placesOf(first.seriesId)).toEqual(Array(3).fill([null, locationId]))
})
