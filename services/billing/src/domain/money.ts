/** Whole cents only. Beyond 2^53 cents would silently vanish, so that is a fault. */
export function cents(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number of cents`)
  return value
}

export function sumCents(values: readonly number[]): number {
  return values.reduce((total, value) => cents(total + cents(value)), 0)
}

/** The price of a line before its discount. */
export function grossCents(line: { readonly units: number; readonly unitAmountCents: number }): number {
  return cents(line.units * line.unitAmountCents)
}

/** `123456` -> `$1,234.56`. Built from digits, so no cent goes through a float. */
export function formatMoney(value: number): string {
  const digits = Math.abs(cents(value)).toString().padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${value < 0 ? '-' : ''}$${whole}.${digits.slice(-2)}`
}
