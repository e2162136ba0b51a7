import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { type CompletionFacts, completionInput, decideCompletion, mayComplete } from './completion.ts'

const now = Temporal.Instant.from('2026-03-05T18:00:00Z')
const KNOWN = '0190a000-0000-7000-8000-000000000001'
const RETIRED = '0190a000-0000-7000-8000-000000000002'
const UNKNOWN = '0190a000-0000-7000-8000-000000000003'

const facts = (changes: Partial<CompletionFacts> = {}): CompletionFacts => ({
  billing: { onlinePayment: false },
  services: new Map([
    [KNOWN, { code: '90834', description: 'Psychotherapy', active: true }],
    [RETIRED, { code: '90801', description: 'Interview', active: false }],
  ]),
  scheduled: new Set(),
  emailOnFile: 'ada@example.org',
  ...changes,
})
const line = (changes = {}) => ({ serviceId: KNOWN, units: 2, unitAmountCents: 7500, ...changes })
const payment = { amountCents: 15000, method: 'cash' }
const cash = { amountCents: 7000 }
const decide = (input: object, changes?: Partial<CompletionFacts>) =>
  decideCompletion(
    completionInput.parse({ paymentType: 'other', lineItems: [line()], ...input }),
    facts(changes),
  )

describe('marking a session complete', () => {
  test.each([
    ['scheduled', '2026-03-05T18:00:00Z', undefined],
    ['checked-in', '2026-03-05T17:59:00Z', undefined],
    ['scheduled', '2026-03-05T18:01:00Z', 'not_past'],
    ['completed', '2026-03-05T17:00:00Z', 'already_completed'],
    ['deleted', '2026-03-05T17:00:00Z', 'appointment_deleted'],
  ])('S-22 %s, ended at %s: %s', (status, endsAt, refused) => {
    expect(mayComplete({ status, endsAt }, now)?.refused).toBe(refused)
  })

  test.each([
    [{ paymentType: 'online' }, {}, 'online_not_connected', 'paymentType'],
    [
      { paymentType: 'online', alreadyPaid: true, payment },
      { billing: { onlinePayment: true } },
      'online_already_paid',
      'alreadyPaid',
    ],
    [{ lineItems: undefined }, {}, 'line_items_missing', 'lineItems'],
    [{ alreadyPaid: true }, {}, 'payment_missing', 'payment'],
    [{ payment }, {}, 'payment_not_expected', 'payment'],
    [
      { alreadyPaid: true, payment: { ...payment, amountCents: 15001 } },
      {},
      'payment_too_large',
      'payment.amountCents',
    ],
    [{ alreadyPaid: true, payment, lineItems: [] }, {}, 'payment_too_large', 'payment.amountCents'],
    [
      { alreadyPaid: true, payment, lineItems: [line({ discountCents: 1 })] },
      {},
      'payment_too_large',
      'payment.amountCents',
    ],
    [
      { lineItems: [line(), line({ discountCents: 15001 })] },
      {},
      'discount_too_large',
      'lineItems.1.discountCents',
    ],
    [{ lineItems: [line({ serviceId: UNKNOWN })] }, {}, 'service_not_available', 'lineItems.0.serviceId'],
    [{ lineItems: [line({ serviceId: RETIRED })] }, {}, 'service_not_available', 'lineItems.0.serviceId'],
    [{ sendReceiptTo: 'x@example.org' }, {}, 'no_receipt_due', 'sendReceiptTo'],
    [{ paymentType: 'online' }, { billing: undefined }, 'billing_off', 'paymentType'],
    [{ alreadyPaid: true, payment }, { billing: undefined }, 'billing_off', 'alreadyPaid'],
    [{ payment }, { billing: undefined }, 'billing_off', 'payment'],
    [{ cashPayments: [cash] }, { billing: undefined }, 'billing_off', 'cashPayments'],
    [{ cashPayments: [cash, cash, cash] }, {}, 'payment_too_large', 'cashPayments.2.amountCents'],
    [
      { alreadyPaid: true, payment, cashPayments: [{ amountCents: 1 }] },
      {},
      'payment_too_large',
      'cashPayments.0.amountCents',
    ],
    [{}, { billing: undefined }, 'billing_off', 'lineItems'],
  ] as [object, Partial<CompletionFacts>, string, string][])(
    'S-22 refuses %j with %j: %s',
    (input, changes, refused, field) => {
      expect(decide(input, changes)).toMatchObject({ refused, field })
    },
  )

  test('B-03 refuses a paid session without any address for the receipt', () => {
    const paid = { alreadyPaid: true, payment }
    expect(decide(paid, { emailOnFile: null })).toMatchObject({
      refused: 'receipt_email_missing',
      field: 'sendReceiptTo',
    })
    expect(decide(paid)).toMatchObject({ receiptEmail: 'ada@example.org' })
    expect(decide({ ...paid, sendReceiptTo: 'x@example.org' }, { emailOnFile: null })).toMatchObject({
      receiptEmail: 'x@example.org',
    })
  })

  test('B-04 cash goes with either payment type, and its receipt to an address where there is one', () => {
    const cashPayments = [cash, { ...cash, reference: 'till 2' }]
    expect(decide({ cashPayments })).toMatchObject({
      payment: null,
      cashPayments: [{ ...cash, reference: null }, { reference: 'till 2' }],
      receiptEmail: 'ada@example.org',
    })
    const online = { billing: { onlinePayment: true }, emailOnFile: null }
    expect(decide({ paymentType: 'online', cashPayments }, online)).toMatchObject({ receiptEmail: null })
    expect(decide({ cashPayments, sendReceiptTo: 'x@example.org' })).toMatchObject({
      receiptEmail: 'x@example.org',
    })
  })

  test('S-22 counts units, amounts and discounts to the cent', () => {
    const lines = [
      line({ discountCents: 15000 }),
      line({ units: 3, unitAmountCents: 3333, discountCents: 99 }),
    ]
    const decision = decide({
      lineItems: lines,
      alreadyPaid: true,
      payment: { ...payment, amountCents: 9900 },
    })
    if (isRefusal(decision)) throw new Error(decision.detail)
    expect(decision.totalCents).toBe(9900)
    expect(decision.lines[1]).toEqual({
      serviceId: KNOWN,
      code: '90834',
      description: 'Psychotherapy',
      units: 3,
      unitAmountCents: 3333,
      discountCents: 99,
      modifiers: [],
    })
  })

  test('S-22 bills a service that was retired after the appointment was made', () => {
    const decision = decide({ lineItems: [line({ serviceId: RETIRED })] }, { scheduled: new Set([RETIRED]) })
    expect(isRefusal(decision)).toBe(false)
  })

  test('S-22 completes without line items where billing is off', () => {
    expect(decide({ lineItems: undefined }, { billing: undefined })).toMatchObject({
      lines: [],
      totalCents: 0,
    })
  })
})
