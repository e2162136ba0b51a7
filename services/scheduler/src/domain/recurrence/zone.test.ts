import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DAY_MS, END_DAY, MINUTE_MS, wallOf } from './calendar.ts'
import { clockAt, instantOf, wallAt, zoneOf } from './zone.ts'

const ZONES = Intl.supportedValuesOf('timeZone')
const EPOCH = Temporal.PlainDateTime.from('1970-01-01T00:00')
const plain = (wall: number) => EPOCH.add({ milliseconds: wall })
const byTemporal = (wall: number, zone: string) =>
  plain(wall).toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds

/** The wall times around a clock change: just before and in each part of what is skipped or doubled. */
function around(change: number, before: number, after: number): number[] {
  const edges = [change + before, change + after].toSorted((a, b) => a - b) as [number, number]
  const middle = Math.floor((edges[0] + edges[1]) / 2 / MINUTE_MS) * MINUTE_MS
  return [...edges.flatMap((edge) => [edge - MINUTE_MS, edge]), middle]
}

describe('wall times and instants', () => {
  test('S-13 around every clock change of every zone, 1970 to 2199, they are as Temporal resolves them', () => {
    const wrong: string[] = []
    let changes = 0
    for (const name of ZONES) {
      const zone = zoneOf(name)
      for (let place = 1; place < zone.instants.length; place++) {
        changes++
        const change = zone.instants[place]!
        for (const wall of around(change, zone.offsets[place - 1]!, zone.offsets[place]!))
          if (instantOf(zone, wall) !== byTemporal(wall, name)) wrong.push(`${name} ${plain(wall)}`)
      }
    }
    expect(wrong).toEqual([])
    // Rules without an end reach to the end of the table.
    expect(changes).toBeGreaterThan(50_000)
    expect(zoneOf('America/Chicago').instants.at(-1)).toBeGreaterThan(wallOf('2199-10-01T00:00'))
  }, 60_000)

  test('S-13 anywhere else too, so that the table lacks no change', () => {
    const anywhere = fc.tuple(fc.constantFrom(...ZONES), fc.integer({ min: 0, max: END_DAY * 1_440 - 1 }))
    fc.assert(
      fc.property(anywhere, ([name, minute]) => {
        const zone = zoneOf(name)
        const wall = minute * MINUTE_MS
        const instant = instantOf(zone, wall)
        expect(instant).toBe(byTemporal(wall, name))
        const at = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name)
        expect(plain(wallAt(zone, instant)).equals(at.toPlainDateTime())).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  test('S-13 what a clock does is seen: skipped, doubled, or neither', () => {
    const seen = (name: string, local: string) => clockAt(zoneOf(name), wallOf(local))
    expect(seen('America/Chicago', '2026-03-08T01:59')).toBe('once')
    expect(seen('America/Chicago', '2026-03-08T02:00')).toBe('skipped')
    expect(seen('America/Chicago', '2026-03-08T02:59')).toBe('skipped')
    expect(seen('America/Chicago', '2026-03-08T03:00')).toBe('once')
    expect(seen('America/Chicago', '2026-11-01T00:59')).toBe('once')
    expect(seen('America/Chicago', '2026-11-01T01:00')).toBe('doubled')
    expect(seen('America/Chicago', '2026-11-01T01:59')).toBe('doubled')
    expect(seen('America/Chicago', '2026-11-01T02:00')).toBe('once')
    expect(seen('Pacific/Apia', '2011-12-30T10:00')).toBe('skipped')
    expect(seen('UTC', '2026-03-08T02:00')).toBe('once')
  })

  test('S-13 in every zone a skipped time moves forward by the gap, and a doubled one is the first', () => {
    for (const name of ZONES) {
      const zone = zoneOf(name)
      for (let place = 1; place < zone.instants.length; place++) {
        const change = zone.instants[place]!
        const [before, after] = [zone.offsets[place - 1]!, zone.offsets[place]!]
        if (change < 0 || change >= END_DAY * DAY_MS) continue
        const wall = change + Math.min(before, after)
        const instant = instantOf(zone, wall)
        const kind = after > before ? 'skipped' : 'doubled'
        const expected = kind === 'skipped' ? change : change - (before - after)
        if (instant !== expected || clockAt(zone, wall) !== kind) throw new Error(`${name} ${plain(wall)}`)
        if (kind === 'skipped' && wallAt(zone, instant) !== wall + after - before) throw new Error(name)
      }
    }
    expect(ZONES.length).toBeGreaterThan(400)
  })

  test('a zone has one table under any spelling, and what is no zone has none', () => {
    expect(zoneOf('america/chicago')).toBe(zoneOf('America/Chicago'))
    expect(() => zoneOf('Mars/Olympus')).toThrow('time zone')
  })
})
