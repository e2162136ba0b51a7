import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'

const project = fileURLToPath(new URL('../../..', import.meta.url))
let root: string
const file = (path: string) => join(root, path)
const RELEASED = 'libs/contracts/schemas/encounter.released.v1.json'

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'praxisbus-contracts-')))
  symlinkSync(join(project, 'node_modules'), file('node_modules'))
  git('init', '--quiet')
  for (const path of ['protos', 'libs/contracts']) {
    const filter = (source: string) => !source.endsWith('node_modules')
    cpSync(join(project, path), file(path), { recursive: true, filter })
  }
  generate()
  commit()
  commit()
  git('tag', 'published')
})

afterAll(() => rmSync(root, { recursive: true }))

beforeEach(() => {
  git('reset', '--quiet', '--hard', 'published')
  git('clean', '--quiet', '-d', '--force', 'libs', 'protos')
})

function git(...args: string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'commit.gpgsign=false']
  execFileSync('git', [...who, ...args], { cwd: root, stdio: 'ignore' })
}

function commit(): void {
  git('add', 'protos', 'libs')
  git('commit', '--quiet', '--allow-empty', '-m', 'contracts')
}

function generate(): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, ['libs/contracts/src/generate.ts'], { cwd: root, encoding: 'utf8' })
}

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(file(path), 'utf8')
  expect(text).toMatch(from)
  writeFileSync(file(path), text.replace(from, to))
}

const renameCode = () =>
  edit(
    'libs/contracts/src/events/ehr.ts',
    'z.object({ code: diagnosisCode,',
    'z.object({ icd10: diagnosisCode,',
  )
const BREAKS = [
  'encounter.released.v1: diagnoses[].code was removed; publish a v2 beside it',
  'encounter.released.v1: diagnoses[].icd10 was added as a required field (an optional one may be added); publish a v2 beside it',
]

describe('P-03 npm run contracts', () => {
  test('writes nothing and names the fields where an event would break', () => {
    const before = readFileSync(file(RELEASED), 'utf8')
    renameCode()
    const { status, stderr } = generate()
    expect(status).toBe(1)
    for (const line of BREAKS)
      expect(stderr.split('\n').filter((said) => said.trim() === line)).toHaveLength(1)
    expect(readFileSync(file(RELEASED), 'utf8')).toBe(before)
  })

  test('is not fooled by a schema that was deleted, edited, or committed with the break', () => {
    renameCode()
    rmSync(file('libs/contracts/schemas'), { recursive: true })
    expect(generate().stderr).toContain(BREAKS[0])
    git('checkout', '--', 'libs/contracts/schemas')
    edit(RELEASED, /"code"/g, '"icd10"')
    expect(generate().stderr).toContain(BREAKS[0])
    commit()
    expect(generate().stderr).toContain(BREAKS[0])
  })

  test('compares with the files themselves where there is no git', () => {
    renameCode()
    const { status, stderr } = spawnSync(process.execPath, ['libs/contracts/src/generate.ts'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PATH: '' },
    })
    expect(status).toBe(1)
    expect(stderr).toContain(BREAKS[0])
  })

  test('names the field where a proto would break', () => {
    edit('protos/ehr.proto', 'bool released = 6;', 'string released = 6;')
    const { status, stderr } = generate()
    expect(status).toBe(1)
    expect(stderr).toContain('praxisbus.ehr.v1.EncounterSummary.released changed type from bool to string')
  })

  test('writes an optional field, a new proto field, and a v2 beside the v1', () => {
    edit(
      'libs/contracts/src/events/ehr.ts',
      'startedAt: instant,',
      'startedAt: instant, room: z.string().optional(),',
    )
    edit('protos/ehr.proto', 'bool released = 6;', 'bool released = 6; string room = 8;')
    const events = readFileSync(file('libs/contracts/src/events/imaging.ts'), 'utf8')
    const v2 = events
      .slice(events.indexOf('export const ImagesImported'))
      .replace('ImagesImported', 'ImagesImportedV2')
    writeFileSync(
      file('libs/contracts/src/events/imaging.ts'),
      events + v2.replace('version: 1', 'version: 2').replace('sha256', 'hash'),
    )
    expect(generate()).toMatchObject({ status: 0, stderr: '' })
    expect(
      readFileSync(file('libs/contracts/src/rpc/praxisbus/ehr/v1/EncounterSummary.ts'), 'utf8'),
    ).toContain("'room': (string)")
    expect(readdirSync(file('libs/contracts/schemas'))).toEqual(
      expect.arrayContaining(['images.imported.v1.json', 'images.imported.v2.json']),
    )
    const { channels, operations } = JSON.parse(
      readFileSync(file('libs/contracts/schemas/asyncapi.json'), 'utf8'),
    )
    expect(Object.keys(channels['images.imported'].messages)).toEqual([
      'images.imported.v1',
      'images.imported.v2',
    ])
    expect(operations['imaging.send.images.imported'].messages).toHaveLength(2)
  })

  test('lets an event that no commit holds yet change freely, and clears up what it left', () => {
    const path = 'libs/contracts/src/events/imaging.ts'
    const events = readFileSync(file(path), 'utf8')
    const added = (topic: string, field: string) =>
      `${events}\nexport const Fresh = defineEvent({ topic: '${topic}', version: 1, owner, aggregate: 'scan-batch', description: 'New.', data: z.object({ scanBatchId: id, ${field}: id }) })\n`
    for (const [topic, field] of [
      ['fresh.made', 'one'],
      ['fresh.made', 'two'],
      ['fresher.made', 'two'],
    ] as const) {
      writeFileSync(file(path), added(topic, field))
      expect(generate()).toMatchObject({ status: 0, stderr: '' })
    }
    expect(readdirSync(file('libs/contracts/schemas')).filter((name) => name.startsWith('fresh'))).toEqual([
      'fresher.made.v1.json',
    ])
  })
})
