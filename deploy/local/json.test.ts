import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { total } from './doctor/system.ts'
import { EXIT } from './fault.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'praxisbus-json-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function verb(
  name: string,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = join(import.meta.dirname, `${name}.ts`)
  const env = { PATH: process.env.PATH, PRAXISBUS_HOME: home, PRAXISBUS_PORT_BASE: '25000' }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--no-warnings', script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    )
  })
}

describe('P-08 --json', () => {
  test('P-08 stdout holds one document and nothing else, also when the folder is wrong', async () => {
    const { code, stdout, stderr } = await verb('start', ['--json', '--practice', '/no/such/folder'])
    expect(code).toBe(EXIT.usage)
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: expect.stringContaining('There is no folder /no/such/folder.'),
      exitCode: EXIT.usage,
    })
    expect(stderr).toContain('There is no folder /no/such/folder.')
    expect(stderr).not.toContain('\u001b[')
  })

  test('P-08 the doctor says state, detail and cure of each check', async () => {
    const { stdout } = await verb('doctor', ['--json'])
    const { ok, running, checks } = JSON.parse(stdout)
    expect(running).toBeNull()
    expect(ok).toBe(checks.every(({ state }: { state: string }) => state !== 'bad'))
    for (const check of checks)
      expect(check).toMatchObject({
        name: expect.any(String),
        state: expect.stringMatching(/^(ok|warn|bad)$/),
      })
    expect(checks.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['Node', 'Java', 'Disk', 'Disk speed', 'Memory', 'Ports']),
    )
  })

  test('P-08 the doctor adds up a metric over its labels', () => {
    const metrics =
      '# HELP x y\nparked_messages{service="ehr"} 2\nparked_messages{service="ehr",topic="a"} 3\nother 9\n'
    expect(total(metrics, 'parked_messages')).toBe(5)
    expect(total(metrics, 'other')).toBe(9)
    expect(total(metrics, 'none')).toBe(0)
  })

  test.each(['start', 'dev', 'doctor'])('P-08 %s explains itself', async (name) => {
    const { code, stdout } = await verb(name, ['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(name === 'start' ? 'npm start' : `npm run ${name}`)
  })
})
