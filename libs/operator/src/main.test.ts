import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, openDatabase, park } from '@praxisbus/runtime'
import { database, type TestDatabase } from '@praxisbus/testing'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
let clone: TestDatabase

beforeAll(async () => {
  clone = await database('runtime')
})
afterAll(() => clone.drop())

/** The command line as a process, as an operator calls it. */
function praxisbus(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env.PATH, RELAY_DATABASE_URL_EHR: clone.relayUrl }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

async function parkOne(key: string): Promise<void> {
  const relay = openDatabase(clone.relayUrl, { max: 1 })
  const headers = { ce_id: newId(), ce_practiceid: newId() }
  await park(
    relay,
    'ehr',
    {
      topic: 'patient.changed',
      partition: 0,
      offset: Math.trunc(Math.random() * 1e9),
      key,
      headers,
      body: '{"name":"Ada Moran"}',
    },
    { error: 'Error: cannot digest this', attempts: 5 },
  )
  await relay.close()
}

describe('praxisbus parked (P-02)', () => {
  test('P-02 lists what is parked without showing bodies, asks for a retry, drops one', async () => {
    expect(await praxisbus('parked', 'list', '--service', 'ehr')).toMatchObject({
      code: 0,
      out: 'Nothing is parked.\n',
    })
    const key = newId()
    await parkOne(key)
    const text = await praxisbus('parked', 'list', '--service', 'ehr')
    expect(text.out).toContain(key)
    expect(text.out).not.toContain('Ada Moran')
    const [message] = JSON.parse((await praxisbus('parked', 'list', '--service', 'ehr', '--json')).out)
    expect(message).toMatchObject({
      key,
      topic: 'patient.changed',
      attempts: 5,
      error: 'Error: cannot digest this',
    })
    expect(await praxisbus('parked', 'retry', '--service', 'ehr', '--key', key)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 parked message will/),
    })
    expect(await praxisbus('parked', 'drop', '--service', 'ehr', '--id', String(message.id))).toMatchObject({
      code: 0,
    })
    expect(await praxisbus('parked', 'drop', '--service', 'ehr', '--id', String(message.id))).toMatchObject({
      code: 3,
    })
    expect(await praxisbus('parked', 'retry', '--service', 'ehr')).toMatchObject({ code: 3 })
  })

  test.each([
    [['parked', 'list'], '--service is missing'],
    [['parked', 'list', '--service', 'nonesuch'], 'there is no service "nonesuch"'],
    [['parked', 'forget', '--service', 'ehr'], 'say praxisbus parked list, retry or drop'],
    [['parked', 'drop', '--service', 'ehr', '--id', '1; delete'], '--id is missing'],
    [['parked', 'list', '--service', 'billing'], 'RELAY_DATABASE_URL_BILLING'],
    [['books', 'forget'], 'say praxisbus books verify'],
    [['books', 'verify', '--practice', 'fern street'], '--practice is the id'],
    [['books', 'verify'], 'DATABASE_URL_BILLING'],
    [['fly'], 'there is no verb "fly"'],
    [['parked', 'list', '--colour'], '--colour'],
  ])('%j is told what is wrong with it, with exit code 2', async (args, message) => {
    const { code, err } = await praxisbus(...args)
    expect(code).toBe(2)
    expect(err).toContain(message)
  })

  test('help says every verb', async () => {
    const { code, out } = await praxisbus('--help')
    expect(code).toBe(0)
    for (const verb of ['parked list', 'parked retry', 'parked drop', 'books verify', 'migrate'])
      expect(out).toContain(`praxisbus ${verb}`)
  })
})
