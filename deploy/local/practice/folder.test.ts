import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { EXIT, explain } from '../fault.ts'
import { firstDay } from './calendar.ts'
import { Complaints } from './complaints.ts'
import { EXAMPLE, openPractice, readPractice } from './folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'praxisbus-practice-'))
  cpSync(EXAMPLE, folder, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file)
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before) // the case still fits the example
  writeFileSync(path, after)
}

const swap = (file: string, before: string, after: string) => () =>
  edit(file, (text) => text.replace(before, after))
const remove = (file: string) => () => rmSync(join(folder, file))

/** `file, where: what` of each complaint. */
function faults(): string[] {
  const complaints = new Complaints()
  readPractice(folder, complaints)
  return complaints.list.map(({ file, where, what }) => `${file}, ${where}: ${what}`)
}

describe('P-08 a practice folder', () => {
  test('P-08 reads the example whole: bundle and CSV, calendar, codes, plans', () => {
    const practice = openPractice()
    expect(practice.patients.map(({ id }) => id)).toEqual(['P-1001', 'P-1002', 'P-1003', 'P-1004', 'P-1005'])
    expect(practice.patients[2]).toMatchObject({
      name: 'Luis Ángel Tamarit',
      email: null,
      birthDate: '2004-06-29',
    })
    expect(practice.patients[3]!.addressLines).toEqual(['77 Signal Hill Road', 'Chicago, IL 60699'])
    expect(practice.visits).toHaveLength(8)
    expect(practice.visits[3]).toMatchObject({
      timeZone: 'America/Chicago',
      services: [{ code: 'H0004', units: 4 }],
    })
    expect(firstDay(practice.visits).toString()).toBe('2026-03-02')
    expect(practice.practiceId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(openPractice(folder).practiceId).toBe(practice.practiceId)
  })

  test.each<[string, () => void, string]>([
    ['a missing file', remove('practice.json'), 'practice.json, : is missing'],
    [
      'broken JSON, with its line',
      swap('practice.json', '"America/Chicago",', '"America/Chicago"'),
      'practice.json, line 4: is not JSON',
    ],
    [
      'a missing field',
      swap('practice.json', '"timeZone": "America/Chicago",', ''),
      'practice.json, timeZone: is missing',
    ],
    [
      'an unknown field',
      swap('practice.json', '"timeZone"', '"timezone"'),
      'practice.json, timezone: is not known',
    ],
    [
      'a zone that is none',
      swap('practice.json', 'America/Chicago', 'Mars/Base'),
      'practice.json, timeZone: must be an IANA',
    ],
    [
      'a role nobody has',
      swap('practice.json', '["biller"]', '["owner"]'),
      'practice.json, users: nobody has the role biller',
    ],
    [
      'an NPI with a wrong check digit',
      swap('practice.json', '"npi": "1234567893" }]', '"npi": "1234567890" }]'),
      'renderingProviders[0].npi: is not an NPI',
    ],
    [
      'a room nowhere',
      swap('practice.json', '"location": "linden-street"', '"location": "attic"'),
      'rooms[0].location: attic is not among the locations',
    ],
    [
      'a signer role nobody holds',
      swap('practice.json', ', "supervisor"]', ']'),
      'signerRoles: nobody signs as supervisor',
    ],
    [
      'a patient twice',
      swap('patients.csv', 'P-1004', 'P-1001'),
      'patients.csv, line 2: the patient P-1001 is there twice',
    ],
    [
      'a birth date that is none',
      swap('patients.csv', '1996-01-23', '23.1.1996'),
      'patients.csv, line 2, birth_date: must be a whole date',
    ],
    [
      'a reminder that goes nowhere',
      swap('patients.csv', ',no,yes,no', ',yes,yes,no'),
      'patients.csv, line 3: reminders go where',
    ],
    [
      'a wrong email in a bundle',
      swap('patients/bundle.json', 'mina.okafor-lund@', 'mina at '),
      'bundle.json, entry[1].resource.telecom.email: must be an email',
    ],
    [
      'a JSON file that is no bundle',
      swap('patients/bundle.json', '"Bundle"', '"Observation"'),
      'bundle.json, resourceType: is neither',
    ],
    [
      'a calendar that is none',
      () => writeFileSync(join(folder, 'calendar.ics'), 'Monday: Avery'),
      'calendar.ics, : is not an iCalendar file',
    ],
    [
      'an event without its patient',
      swap('calendar.ics', 'ATTENDEE', 'COMMENT'),
      'event at line 21, ATTENDEE: is missing',
    ],
    [
      'an unknown patient',
      swap('calendar.ics', 'patient:P-1001', 'patient:P-9999'),
      'event at line 21, ATTENDEE: there is no patient P-9999',
    ],
    [
      'an unknown service',
      swap('calendar.ics', 'CATEGORIES:H0031', 'CATEGORIES:H9999'),
      'CATEGORIES: there is no service H9999',
    ],
    [
      'an end before the start',
      swap('calendar.ics', '20260302T094500', '20260302T084500'),
      'DTEND: is not after DTSTART',
    ],
    ['a repeating event', swap('calendar.ics', 'LOCATION:room-2', 'RRULE:FREQ=WEEKLY'), 'RRULE: repeats'],
    [
      'a code of the wrong form',
      swap('codes.csv', 'F10.20', 'F10-20'),
      'codes.csv, line 2, code: F10-20 must be',
    ],
    [
      'CSV with a quote left open',
      swap('codes.csv', '"Alcohol', '"Alco"hol'),
      'codes.csv, line 2: is not CSV',
    ],
    [
      'a plan for no event',
      swap('visits.json', 'visit-1@', 'visit-77@'),
      'visits[0].event: calendar.ics has no event',
    ],
    [
      'a plan for a later day',
      swap('visits.json', 'visit-5@', 'visit-6@'),
      'visits[4].event: visit-6@linden-street.example is not on the first day',
    ],
    [
      'a diagnosis outside the code set',
      swap('visits.json', '"F41.1", "G47.00"', '"F41.9", "G47.00"'),
      'visits[0].note.diagnoses[0]: F41.9 is not in codes.csv',
    ],
    [
      'a link to no diagnosis',
      swap('visits.json', '"diagnoses": [1, 2] }', '"diagnoses": [1, 3] }'),
      'there is no diagnosis 3',
    ],
    [
      'a bill without its note',
      swap(
        'visits.json',
        '"release": true\n      },\n      "postBill"',
        '"release": false\n      },\n      "postBill"',
      ),
      'visits[0].postBill: there is no bill to post',
    ],
    [
      'somebody who did not come and checks in',
      swap('visits.json', '"noShow":', '"checkIn": {}, "noShow":'),
      'visits[5].noShow: the patient did not come',
    ],
    [
      'an insurer that allows more than is charged',
      swap('visits.json', '"allowedCents": 11000', '"allowedCents": 13501'),
      'visits[0].insurance.allowedCents: 13501 is more than the charge of 13500',
    ],
    [
      'an insurer that leaves less than the copay',
      swap('visits.json', '"paidCents": 8500', '"paidCents": 8501'),
      'visits[0].insurance.paidCents: the copay is more than what the insurer leaves',
    ],
    [
      'an insurer without a bill to pay',
      swap(
        'visits.json',
        '"complete": { "online": true }',
        '"insurance": { "memberId": "7", "allowedCents": 1, "paidCents": 1 }',
      ),
      'visits[3].insurance.paidCents: there is no bill of one charge to pay',
    ],
    [
      'what was paid already, once more online',
      swap('visits.json', '"complete": { "alreadyPaid"', '"complete": { "online": true, "alreadyPaid"'),
      'visits[1].complete.online: must be left out where `alreadyPaid` is',
    ],
    [
      'a receipt with nowhere to go',
      swap('patients/bundle.json', '"system": "email", "value": "mina', '"system": "fax", "value": "mina'),
      'visits[1].complete.alreadyPaid: the receipt has nowhere to go',
    ],
    ['no scan', remove('scan.pdf'), 'scan.*, : is missing'],
    ['two scans', () => writeFileSync(join(folder, 'scan.png'), 'x'), 'scan.*, : there are several'],
    [
      'a remittance that is none',
      () => writeFileSync(join(folder, 'remittance.835'), 'hello'),
      'remittance.835, line 1: does not begin with ISA',
    ],
  ])('P-08 says exactly what is wrong: %s', (_, damage, expected) => {
    damage()
    expect(faults().join('\n')).toContain(expected)
  })

  test('P-08 names all faults at once, each with what to do, under an exit code of its own', () => {
    remove('remittance.835')()
    swap('codes.csv', 'F10.20', 'F10-20')()
    swap('calendar.ics', 'patient:P-1002', 'patient:nobody')()
    const error = thrown(() => openPractice(folder))
    const { text, exitCode } = explain(error)
    expect(exitCode).toBe(EXIT.practiceFolder)
    expect(text).toContain('has 3 faults')
    expect(text.match(/✗/g)).toHaveLength(3)
    expect(text).toContain('Copy examples/practice/remittance.835.')
  })

  test('P-08 takes a folder of CSV patients alone, and events in UTC or without a zone', () => {
    rmSync(join(folder, 'patients'), { recursive: true })
    const rows = ['P-1001', 'P-1002', 'P-1003'].map(
      (id) => `${id},Patient ${id},,${id.toLowerCase()}@example.com,,,,,`,
    )
    edit('patients.csv', (text) => `${text}${rows.join('\n')}\n`)
    edit('calendar.ics', (text) =>
      text
        .replace('DTSTART;TZID=America/Chicago:20260302T090000', 'DTSTART:20260302T150000Z')
        .replace('DTEND;TZID=America/Chicago:20260302T094500', 'DTEND:20260302T154500Z')
        .replace('DTSTART;TZID=America/Chicago:20260302T100000', 'DTSTART:20260302T100000'),
    )
    const { visits, patients } = openPractice(folder)
    expect(patients).toHaveLength(5)
    expect(visits[0]!.start.toString()).toBe('2026-03-02T09:00:00')
    expect(visits[1]).toMatchObject({ timeZone: 'America/Chicago' })
  })
})

function thrown(act: () => unknown): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
