import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Parser } from '@asyncapi/parser'
import { describe, expect, test } from '@jest/globals'
import { eventIncompatibilities } from './compatibility.ts'
import { EVENTS } from './events/index.ts'
import { artifacts, GENERATED_FOLDERS } from './generate/artifacts.ts'
import { baselines } from './generate/baseline.ts'
import { rpcIncompatibilities } from './rpc-compatibility.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const made = artifacts(join(packageFolder, '../..'))
const asyncApiText = made.files.get('schemas/asyncapi.json')!

describe('P-03 the generated contracts', () => {
  test('are what the sources say: else run `npm run contracts`', () => {
    const onDisk = GENERATED_FOLDERS.flatMap((folder) =>
      readdirSync(join(packageFolder, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(packageFolder.length)),
    )
    const drifted = [...made.files].filter(
      ([path, content]) =>
        !onDisk.includes(path) || readFileSync(join(packageFolder, path), 'utf8') !== content,
    )
    expect({
      drifted: drifted.map(([path]) => path),
      left: onDisk.filter((path) => !made.files.has(path)),
    }).toEqual({ drifted: [], left: [] })
  })

  test('break nothing that was published', () => {
    for (const published of baselines(packageFolder)) {
      expect(eventIncompatibilities(published.schemas, made.schemas)).toEqual([])
      if (published.rpc) expect(rpcIncompatibilities(published.rpc, made.rpc)).toEqual([])
    }
  })

  test('come out the same twice', () => {
    expect([...artifacts(join(packageFolder, '../..')).files]).toEqual([...made.files])
  })

  test('let readers tolerate fields they do not know', () => {
    for (const [path, content] of made.files) {
      if (path.startsWith('schemas/')) expect(content).not.toContain('"additionalProperties": false')
    }
  })
})

describe('P-03 AsyncAPI', () => {
  test('the document is valid, with a channel per topic and a send operation by its owner', async () => {
    const { document, diagnostics } = await new Parser().parse(asyncApiText)
    expect(
      diagnostics
        .filter(({ severity }) => severity === 0)
        .map(({ message, path }) => `${path.join('.')}: ${message}`),
    ).toEqual([])
    expect(
      document!
        .channels()
        .all()
        .map((channel) => channel.address())
        .sort(),
    ).toEqual([...new Set(EVENTS.map(({ topic }) => topic))].sort())
    for (const { topic, version, owner } of EVENTS) {
      const operation = document!.operations().get(`${owner}.send.${topic}`)!
      expect(operation.isSend()).toBe(true)
      expect(
        operation
          .messages()
          .all()
          .map((message) => message.name()),
      ).toContain(`${topic}.v${version}`)
    }
  })

  test('a document with a fault is found out', async () => {
    const { diagnostics } = await new Parser().parse(
      asyncApiText.replace('"action": "send"', '"action": "shout"'),
    )
    expect(diagnostics.some(({ severity }) => severity === 0)).toBe(true)
  })

  test('compacted topics are kept for ever, others for their days', () => {
    const { channels } = JSON.parse(asyncApiText)
    expect(channels['patient.changed'].bindings.kafka.topicConfiguration).toEqual({
      'cleanup.policy': ['compact'],
    })
    expect(channels['encounter.released'].bindings.kafka).toMatchObject({
      partitions: 6,
      topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': 90 * 86_400_000 },
    })
  })
})
