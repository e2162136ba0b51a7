import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LocationChanged, RoomChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { locationAnswer, roomAnswer } from '../answers.ts'
import { created, type Empty, openEmptyOffice, PRACTICE, refusalOf } from '../testing/office.ts'

let office: Empty
beforeAll(async () => {
  office = await openEmptyOffice()
  created(await office.owner.put('/v1/practice', PRACTICE))
})
afterAll(() => office.close())

async function addLocation(name = 'Main Street') {
  return locationAnswer.parse(
    created(await office.owner.post('/v1/locations', { name, placeOfService: '11' })),
  )
}

describe('locations and rooms', () => {
  test('S-01 a location has a place of service, and is told and listed', async () => {
    const { version, ...data } = await addLocation()
    expect(data).toMatchObject({ name: 'Main Street', placeOfService: '11', active: true })
    expect((await office.desk.facts(LocationChanged)).at(-1)).toMatchObject({ key: data.locationId, data })
    expect((await office.owner.get(`/v1/locations/${data.locationId}`)).body).toEqual({ ...data, version })
    expect((await office.owner.get('/v1/locations')).body.items).toHaveLength(1)
  })

  test.each(['1', '111', 'xx', 11, undefined])(
    'S-01 place of service %j is refused',
    async (placeOfService) => {
      const answer = await office.owner.post('/v1/locations', { name: 'Main Street', placeOfService })
      expect(refusalOf(answer)).toEqual({ status: 400, code: 'invalid_input', field: 'placeOfService' })
    },
  )

  test('S-01 a room is of a location, and is told and listed', async () => {
    const { locationId } = await addLocation()
    const answer = await office.owner.post('/v1/rooms', { name: 'Blue', locationId })
    const { version, ...data } = roomAnswer.parse(created(answer))
    expect(data).toMatchObject({ name: 'Blue', locationId, active: true })
    expect((await office.desk.facts(RoomChanged)).at(-1)).toMatchObject({ key: data.roomId, data })
    expect((await office.owner.get(`/v1/rooms/${data.roomId}`)).body).toEqual({ ...data, version })
    expect((await office.owner.get('/v1/rooms')).body.items).toHaveLength(1)
  })

  test('S-01 a room of an unknown or closed location is refused', async () => {
    const refused = { status: 409, code: 'location_not_available', field: 'locationId' }
    const unknown = await office.owner.post('/v1/rooms', { name: 'Blue', locationId: newId() })
    expect(refusalOf(unknown)).toEqual(refused)
    const { locationId, version, ...record } = await addLocation('Old')
    const room = created(await office.owner.post('/v1/rooms', { name: 'Attic', locationId }))
    const closed = { ...record, active: false }
    created(await office.owner.put(`/v1/locations/${locationId}`, closed, { ifMatch: version }))
    expect(refusalOf(await office.owner.post('/v1/rooms', { name: 'Blue', locationId }))).toEqual(refused)
    // The room that is there can still be closed with it.
    const change = { name: 'Attic', locationId, active: false }
    const path = `/v1/rooms/${room.roomId}`
    expect((await office.owner.put(path, change, { ifMatch: 1 })).body).toMatchObject({
      active: false,
      version: 2,
    })
    expect((await office.owner.put(path, change, { ifMatch: 1 })).status).toBe(412)
    const elsewhere = { ...change, locationId: newId() }
    expect(refusalOf(await office.owner.put(path, elsewhere, { ifMatch: 2 }))).toEqual(refused)
  })

  test('S-01 what does not exist cannot be changed or read', async () => {
    for (const [path, body] of [
      ['/v1/locations', { name: 'A', placeOfService: '11' }],
      ['/v1/rooms', { name: 'A', locationId: newId() }],
    ] as const) {
      expect((await office.owner.put(`${path}/${newId()}`, body, { ifMatch: 1 })).status).toBe(404)
      expect((await office.owner.get(`${path}/${newId()}`)).status).toBe(404)
    }
  })
})
