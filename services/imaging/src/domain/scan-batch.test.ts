import { describe, expect, test } from '@jest/globals'
import {
  decideGrowth,
  decideScanBatch,
  MAX_IMAGES,
  MAX_SETS,
  type ScanBatchWish,
  type Surroundings,
} from './scan-batch.ts'

const charge = { type: 'charge' } as const
const payment = { type: 'payment' } as const
const known: Surroundings = {
  today: '2026-11-21',
  imagingInUse: true,
  location: { active: true },
  payer: { active: true },
  plan: { payerId: 'payer', active: true },
}

describe('a new scan batch', () => {
  test('I-01 needs nothing but its type', () => {
    expect(decideScanBatch(charge, known)).toEqual({
      description: null,
      type: 'charge',
      locationId: null,
      dateOfService: null,
      chargeReceivedDate: null,
      payerId: null,
      planId: null,
    })
  })

  test.each([
    [charge, 'payerId', 'payer'],
    [charge, 'planId', 'plan'],
    [payment, 'locationId', 'location'],
    [payment, 'dateOfService', '2026-11-01'],
    [payment, 'chargeReceivedDate', '2026-11-01'],
  ])('I-01 %j refuses %s, which is of the other type', (type, field, value) => {
    expect(decideScanBatch({ ...type, [field]: value }, known)).toMatchObject({
      refused: 'field_of_other_type',
      field,
    })
    expect(decideScanBatch({ ...type, [field]: null }, known)).not.toHaveProperty('refused')
  })

  const cases: [string, ScanBatchWish, Partial<Surroundings>, object][] = [
    [
      'an unknown location',
      { ...charge, locationId: 'x' },
      { location: undefined },
      { refused: 'unknown_record', field: 'locationId' },
    ],
    [
      'a location out of use',
      { ...charge, locationId: 'x' },
      { location: { active: false } },
      { refused: 'inactive_record' },
    ],
    [
      'an unknown payer',
      { ...payment, payerId: 'payer' },
      { payer: undefined },
      { refused: 'unknown_record', field: 'payerId' },
    ],
    [
      'a payer out of use',
      { ...payment, payerId: 'payer' },
      { payer: { active: false } },
      { refused: 'inactive_record', field: 'payerId' },
    ],
    [
      'a plan without its payer',
      { ...payment, planId: 'plan' },
      {},
      { refused: 'plan_without_payer', field: 'planId' },
    ],
    [
      'an unknown plan',
      { ...payment, payerId: 'payer', planId: 'x' },
      { plan: undefined },
      { refused: 'unknown_record', field: 'planId' },
    ],
    [
      'a plan of another payer',
      { ...payment, payerId: 'other', planId: 'plan' },
      {},
      { refused: 'plan_of_other_payer', field: 'planId' },
    ],
    [
      'a plan out of use',
      { ...payment, payerId: 'payer', planId: 'plan' },
      { plan: { payerId: 'payer', active: false } },
      { refused: 'inactive_record', field: 'planId' },
    ],
    [
      'a service in the future',
      { ...charge, dateOfService: '2026-11-22' },
      {},
      { refused: 'date_out_of_range', field: 'dateOfService' },
    ],
    [
      'a receipt in the future',
      { ...charge, chargeReceivedDate: '2026-11-22' },
      {},
      { refused: 'date_out_of_range', field: 'chargeReceivedDate' },
    ],
    [
      'an absurd year',
      { ...charge, dateOfService: '0026-11-20' },
      {},
      { refused: 'date_out_of_range', field: 'dateOfService' },
    ],
    [
      '31 years ago',
      { ...charge, dateOfService: '1996-11-20' },
      {},
      { refused: 'date_out_of_range', field: 'dateOfService' },
    ],
    [
      'a charge received before its service',
      { ...charge, dateOfService: '2026-11-20', chargeReceivedDate: '2026-11-19' },
      {},
      { refused: 'date_out_of_range', field: 'chargeReceivedDate' },
    ],
    ['a practice without imaging', charge, { imagingInUse: false }, { refused: 'imaging_not_in_use' }],
  ]
  test.each(cases)('I-01 refuses %s', (_, wish, around, refusal) => {
    expect(decideScanBatch(wish, { ...known, ...around })).toMatchObject(refusal)
  })

  test('I-01 takes today, and a charge received on the day of its service', () => {
    const wish = { ...charge, dateOfService: '2026-11-21', chargeReceivedDate: '2026-11-21' }
    expect(decideScanBatch(wish, known)).toMatchObject(wish)
  })
})

describe('growth of a batch', () => {
  const batch = { status: 'open', setCount: MAX_SETS - 1, imageCount: MAX_IMAGES - 1 }

  test('I-03 an open batch takes more up to its bound', () => {
    expect(decideGrowth(batch, 'sets')).toBeUndefined()
    expect(decideGrowth(batch, 'images')).toBeUndefined()
    expect(decideGrowth({ ...batch, setCount: MAX_SETS }, 'sets')).toMatchObject({ refused: 'batch_full' })
    expect(decideGrowth({ ...batch, imageCount: MAX_IMAGES }, 'images')).toMatchObject({
      refused: 'batch_full',
    })
  })

  test('I-03 a batch that was submitted takes no more', () => {
    expect(decideGrowth({ ...batch, status: 'submitted' }, 'images')).toMatchObject({
      refused: 'batch_not_open',
    })
  })
})
