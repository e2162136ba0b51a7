import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { writeWhole } from '@praxisbus/testing/ground/whole-file.ts'
import { fullDisk } from './disk.ts'
import { EXIT, explain } from './fault.ts'

test('a full disk and a closed folder are said with their cure, also among several faults', () => {
  const system = (code: string, path?: string) =>
    Object.assign(new Error(`${code}: it went wrong`), { code, path })
  const { text, exitCode } = explain(new AggregateError([system('ENOSPC'), system('EACCES', '/x/run.json')]))
  expect(text).toMatch(/disk is full.*\n.*df -h.*\n\/x\/run.json cannot be read or written \(not permitted\)/)
  expect(exitCode).toBe(EXIT.cannotStart)
  expect(explain(system('EROFS', '/x')).text).toMatch(/a read-only disk/)
  expect(explain(system('ECONNREFUSED')).exitCode).toBe(EXIT.failed)
})

test('a file that cannot be written whole stays as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whole-'))
  const file = join(folder, 'secrets.json')
  writeWhole(file, 'first')
  writeFileSync(`${file}.${process.pid}.new`, 'left by a kill')
  writeWhole(file, 'second')
  expect(readFileSync(file, 'utf8')).toBe('second')
  expect(() => writeWhole(join(folder, 'none/secrets.json'), 'x')).toThrow(/ENOENT/)
  expect(readdirSync(folder)).toEqual(['secrets.json'])
  rmSync(folder, { recursive: true })
})

test('a disk is full before its last byte is gone', () => {
  const disk = (mb: number) => () => ({ bavail: mb * 1_000, bsize: 1_000 }) as never
  expect(fullDisk('/x', disk(49))?.message).toMatch(/disk of \/x is full \(49 MB left\)/)
  expect(fullDisk('/x', disk(50))).toBeUndefined()
})
