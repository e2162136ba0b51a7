import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { testFolder } from '@praxisbus/testing'
import { completed, SECRETS } from './secrets/env-file.ts'
import { handOut } from './secrets/hand-out.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const NAMES = Object.keys(SECRETS)
let project: string
let handed: string

beforeEach(async () => {
  project = await testFolder('project')
  handed = join(await testFolder('handed'), 'out')
})

function secrets(
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const args = [MAIN, 'secrets', '--dotenv', join(project, '.env'), '--out', handed]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

const dotenv = () => readFileSync(join(project, '.env'), 'utf8')
const given = (text: string) => writeFileSync(join(project, '.env'), text)

describe('praxisbus secrets', () => {
  test('makes .env for its owner alone, hands out, and changes nothing when run again', async () => {
    expect(await secrets()).toMatchObject({ code: 0, out: 'secrets: made .env with all secrets\n' })
    expect(statSync(join(project, '.env')).mode & 0o777).toBe(0o600)
    const made = parseEnv(dotenv())
    expect(Object.keys(made).sort()).toEqual(NAMES.toSorted())
    expect(new Set(Object.values(made)).size).toBe(NAMES.length)
    for (const value of Object.values(made)) expect(value).toMatch(/^[\w-]{32}$/)
    const before = dotenv()
    expect(await secrets()).toMatchObject({ code: 0, out: 'secrets: as .env has them\n' })
    expect(dotenv()).toBe(before)
  })

  test('keeps what a person wrote, and fills in only what is missing or empty', async () => {
    given(
      '# mine\nOIDC_ISSUER=https://sso.example\nREDIS_PASSWORD=\nexport OWNER_PASSWORD="own # words $1"\n',
    )
    expect(await secrets()).toMatchObject({ code: 0, out: expect.stringContaining('completed .env') })
    expect(dotenv()).toMatch(
      /^# mine\nOIDC_ISSUER=https:\/\/sso.example\nexport OWNER_PASSWORD="own # words \$1"\n/,
    )
    expect(dotenv().match(/REDIS_PASSWORD=/g)).toHaveLength(1)
    const { env } = await handedTo('migrate')
    expect(decodeURIComponent(new URL(env!.DATABASE_ADMIN_URL!).password)).toBe('own # words $1')
  })

  test('an .env that was lost comes back as it was; one that others may read is said so', async () => {
    await secrets()
    const before = parseEnv(dotenv())
    rmSync(join(project, '.env'))
    expect(await secrets()).toMatchObject({
      code: 0,
      out: 'secrets: made .env with all secrets, as this installation had them before\n',
    })
    expect(parseEnv(dotenv())).toEqual(before)
    rmSync(join(project, '.env'))
    writeFileSync(join(project, '.env'), 'LOG_LEVEL=debug\n', { mode: 0o644 })
    expect((await secrets()).out).toContain('chmod 600 .env')
    expect(parseEnv(dotenv())).toEqual({ LOG_LEVEL: 'debug', ...before })
    expect(statSync(join(project, '.env')).mode & 0o777).toBe(0o644)
  })

  test('names every secret that is none, and then writes nothing', async () => {
    given('REDIS_PASSWORD=short\nOWNER_PASSWORD="für Elise 1810"\n')
    const answer = await secrets()
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toContain('REDIS_PASSWORD has fewer than 12 characters')
    expect(answer.err).toContain('OWNER_PASSWORD has a character that is not printable ASCII')
    expect(existsSync(handed)).toBe(false)
  })

  test('P-04 without the trial it asks for a sign-in and a mail server, and writes nothing until they are named', async () => {
    const answer = await secrets({ PRAXISBUS_TRIAL: '0' })
    expect(answer).toMatchObject({ code: 2, out: '' })
    expect(answer.err).toMatch(/PRAXISBUS_TRIAL=0 .* OIDC_ISSUER: .*; SMTP_URL: /)
    expect([existsSync(handed), existsSync(join(project, '.env'))]).toEqual([false, false])
    const issuer = { OIDC_ISSUER: 'https://sso.example' }
    const half = await secrets({ PRAXISBUS_TRIAL: '0', ...issuer })
    expect([half.code, half.err.includes('OIDC_ISSUER'), half.err.includes('SMTP_URL')]).toEqual([
      2,
      false,
      true,
    ])
    expect(await secrets({ PRAXISBUS_TRIAL: '0', ...issuer, SMTP_GIVEN: 'yes' })).toMatchObject({ code: 0 })
    expect(await secrets({ PRAXISBUS_TRIAL: '1' })).toMatchObject({ code: 0 })
  })

  test('a folder that cannot be written to is a fault, not half a file', async () => {
    mkdirSync(join(project, '.env'))
    expect(await secrets()).toMatchObject({ code: 1, err: expect.stringMatching(/EISDIR/) })
  })
})

describe('who gets what', () => {
  const values = completed('', {}, () => `made-${Math.trunc(Math.random() * 1e12)}`).values
  const files = handOut(values)

  test('no service holds a secret of another, and the owner’s login is with the migration and the server alone', () => {
    const holders = (name: string) =>
      Object.entries(files)
        .filter(([, content]) => Object.values(content).some((text) => text.includes(values[name]!)))
        .map(([reader]) => reader)
    expect(holders('OWNER_PASSWORD')).toEqual(['postgres', 'migrate'])
    expect(holders('POSTGRES_PASSWORD')).toEqual(['postgres'])
    expect(holders('APP_PASSWORD_EHR')).toEqual(['migrate', 'ehr'])
    expect(holders('RELAY_PASSWORD_EHR')).toEqual(['migrate', 'operator', 'ehr'])
    expect(holders('TRIAL_COOKIE_KEY')).toEqual(['trial'])
    expect(holders('GRAFANA_PASSWORD')).toEqual(['grafana'])
  })

  test('every secret is read by somebody', () => {
    const all = JSON.stringify(files)
    for (const name of NAMES) expect(all).toContain(values[name])
  })

  test('odd characters come through to where they are used', () => {
    const odd = `a'b"c\\d e#f$g%41@h:i/?`
    const read = handOut({ ...values, APP_PASSWORD_EHR: odd, REDIS_PASSWORD: odd })
    const url = new URL(parseEnv(read.ehr!.env!).DATABASE_URL!)
    expect([decodeURIComponent(url.password), url.username, url.pathname]).toEqual([
      odd,
      'ehr_app',
      '/praxisbus_ehr',
    ])
    expect(decodeURIComponent(new URL(parseEnv(read.ehr!.env!).REDIS_URL!).password)).toBe(odd)
    expect(parseEnv(read.migrate!.env!).APP_PASSWORD_EHR).toBe(odd)
    expect(read.redis!['redis.conf']).toBe(`requirepass "a'b\\"c\\\\d e#f$g%41@h:i/?"\n`)
  })
})

async function handedTo(reader: string) {
  const read = (name: string) => readFileSync(join(handed, reader, name), 'utf8')
  return { env: parseEnv(read('env')) }
}
