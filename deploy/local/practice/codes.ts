import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import type { Complaints } from './complaints.ts'
import { readCsv } from './patients.ts'

export const CODES = 'codes.csv'
export const CODE_SYSTEMS = ['icd-10-cm', 'hcpcs', 'cpt'] as const

export interface PracticeCode {
  readonly system: (typeof CODE_SYSTEMS)[number]
  readonly code: string
  readonly description: string
}

const row = z
  .strictObject({
    system: z.enum(CODE_SYSTEMS, `must be one of ${CODE_SYSTEMS.join(', ')}`),
    code: z.string(),
    description: z.string().min(1, 'must not be empty').max(500),
  })
  .superRefine(({ system, code }, context) => {
    const shape = system === 'icd-10-cm' ? fields.diagnosisCode : fields.procedureCode
    const result = shape.safeParse(code)
    if (!result.success)
      context.addIssue({
        code: 'custom',
        path: ['code'],
        message: `${code} must be ${result.error.issues[0]!.message}`,
      })
  })

/** The code sets that notes are checked against (E-14). */
export function readCodes(folder: string, complaints: Complaints): PracticeCode[] {
  const seen = new Set<string>()
  return readCsv(folder, CODES, complaints, 'required').flatMap(({ line, row: cells }) => {
    const where = `line ${line}`
    const found = complaints.check(row, cells, CODES, where)
    if (!found) return []
    const name = `${found.system} ${found.code}`
    if (seen.has(name)) complaints.add(CODES, where, `${name} is there twice`, 'Keep one of the two.')
    seen.add(name)
    return [found]
  })
}
