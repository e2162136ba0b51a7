/**
 * Claim adjustment group codes (X12 835, CAS01): who bears what was not paid. CO: the practice, by contract. OA: other. PI: the
 * practice, on the payer's own decision. PR: the patient, or the payer after this one.
 */
export const GROUPS = ['CO', 'OA', 'PI', 'PR'] as const
export type AdjustmentGroup = (typeof GROUPS)[number]

/** `1`, `204`, `A1`, and runs such as `1-306` and `B1-B23`. */
function numbers(list: string): Set<string> {
  const found = new Set<string>()
  for (const part of list.trim().split(/\s+/)) {
    const run = /^([A-Z]?)(\d+)-\1(\d+)$/.exec(part)
    if (!run) found.add(part)
    else for (let number = Number(run[2]); number <= Number(run[3]); number++) found.add(`${run[1]}${number}`)
  }
  return found
}

/** Every claim adjustment reason code (CARC) that was ever given out. Their texts are X12's and stand in no open source. */
const ISSUED = numbers('1-306 A0-A8 B1-B23 D1-D23 P1-P32 W1-W9 Y1-Y3')

/** Those that payers no longer send. An old remittance may still carry one, so it can be posted; a new write-off cannot use it. */
const RETIRED = numbers(`
  17 25 28 30 36-38 41-43 46-48 52 57 62-65 67-68 71-73 77 79-84 86-88 92-93 98-99 113 120 123-127 139 141 145 156 165 196
  214 217-218 220-221 230 244 255 A2-A4 A7 B2-B3 B5-B6 B17-B19 B21 D1-D23 W1-W9`)

export function isReason(code: string): boolean {
  return ISSUED.has(code)
}

export function isRetiredReason(code: string): boolean {
  return RETIRED.has(code)
}

export function reasons(): { reason: string; retired: boolean }[] {
  return [...ISSUED].map((reason) => ({ reason, retired: RETIRED.has(reason) }))
}
