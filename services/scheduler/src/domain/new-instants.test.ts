import { describe, expect, test } from '@jest/globals'
import { heldBack, newInstants, type Request } from './new-instants.ts'

const at = (time: string) => `2031-03-06T${time}:00Z`
const span = (from: string, to: string) => ({ startsAt: at(from), endsAt: at(to) })
const request = (appointmentId: string, from: string, to: string, moved?: [string, string]): Request => ({
  ...{ appointmentId, practitionerId: 'one', ...span(from, to) },
  to: moved && span(...moved),
})

describe('requests that new zone rules move', () => {
  test.each([
    ['later', '09:30', '10:30', '11:30'],
    ['earlier', '08:30', '09:30', '10:30'],
  ])('S-18 back to back they all move, %s', (_, first, second, end) => {
    const requests = [
      request('a', '09:00', '10:00', [first, second]),
      request('b', '10:00', '11:00', [second, end]),
    ]
    expect(heldBack(requests)).toEqual(new Set())
  })

  test('S-18 one that would come to lie over one that stays is held, and who would come to lie over it as well', () => {
    const requests = [
      request('a', '08:00', '09:00', ['09:00', '10:00']),
      request('b', '09:00', '10:00', ['10:00', '11:00']),
      request('c', '10:30', '11:30'),
    ]
    expect(heldBack(requests)).toEqual(new Set(['a', 'b']))
  })

  test('S-18 of two that would come to lie over each other the one that was asked first moves', () => {
    const requests = [
      request('b', '08:00', '09:00', ['12:00', '13:00']),
      request('a', '10:00', '11:00', ['12:30', '13:30']),
    ]
    expect(heldBack(requests)).toEqual(new Set(['b']))
  })

  test('S-18 those of another practitioner are in nobody’s way', () => {
    const other = { ...request('b', '09:30', '10:30'), practitionerId: 'two' }
    expect(heldBack([request('a', '08:00', '09:00', ['09:00', '10:00']), other])).toEqual(new Set())
  })
})

test('S-08 an appointment that a rule skips as a whole keeps its length', () => {
  const wall = { startLocal: '2031-03-09T02:15', endLocal: '2031-03-09T03:05', timeZone: 'America/Chicago' }
  const folds = { startFold: 'earlier', endFold: 'earlier' } as const
  const before = { startsAt: '2031-03-09T08:15:00Z', endsAt: '2031-03-09T09:05:00Z' }
  expect(newInstants({ ...wall, ...folds, ...before })).toEqual({
    startsAt: '2031-03-09T08:15:00Z',
    endsAt: '2031-03-09T09:05:00Z',
  })
})
