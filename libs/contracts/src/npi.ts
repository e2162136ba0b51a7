/**
 * The ten digits of a National Provider Identifier end in a Luhn check digit over `80840` + the first nine
 * (45 CFR 162.406; CMS, "NPI check digit"): 24 is what the prefix adds.
 */
export function isNpi(text: string): boolean {
  if (!/^[12][0-9]{9}$/.test(text)) return false
  let total = 24
  for (let index = 0; index < 9; index++) {
    const digit = Number(text[index])
    const doubled = digit * 2
    total += index % 2 === 0 ? (doubled > 9 ? doubled - 9 : doubled) : digit
  }
  return (10 - (total % 10)) % 10 === Number(text[9])
}
