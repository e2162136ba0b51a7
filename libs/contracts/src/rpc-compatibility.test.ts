import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import protobuf from 'protobufjs'
import { protoFiles, rpcSnapshot, snapshotOf } from './generate/rpc-snapshot.ts'
import { rpcIncompatibilities } from './rpc-compatibility.ts'

const PROTO = `syntax = "proto3";
package p.v1;
service Desk {
  rpc Ask(Question) returns (Answer);
  rpc Tell(Question) returns (Answer);
}
message Question { string id = 1; repeated string tags = 2; map<string, int32> counts = 3; oneof by { string name = 4; int64 number = 5; } }
message Answer { Kind kind = 1; Part part = 2; message Part { int64 cents = 1; } }
message Spare { optional string note = 1; }
enum Kind { NONE = 0; SOME = 1; }
`

function snapshot(proto: string) {
  const root = protobuf.parse(proto, { keepCase: true }).root
  root.resolveAll()
  return snapshotOf(root)
}

const changed = (from: string, to: string) => {
  expect(PROTO).toContain(from)
  return rpcIncompatibilities(snapshot(PROTO), snapshot(PROTO.replace(from, to)))
}

describe('P-03 what may happen to a published proto', () => {
  test.each([
    ['nothing', 'string id = 1;', 'string id = 1;'],
    ['a field is added', 'string id = 1;', 'string id = 1; string zone = 6;'],
    ['a method is added', 'service Desk {', 'service Desk { rpc More(Question) returns (Answer);'],
    ['a message is added', 'enum Kind', 'message New { string id = 1; } enum Kind'],
    ['an enum value is added', 'SOME = 1;', 'SOME = 1; ALL = 2;'],
  ])('allowed: %s', (_, from, to) => {
    expect(changed(from, to)).toEqual([])
  })
})

describe('P-03 what breaks a published proto is refused with the name of the field', () => {
  test.each([
    ['p.v1.Question.id was removed', 'string id = 1;', ''],
    ['p.v1.Question.id was removed', 'string id = 1;', 'reserved 1;'],
    ['p.v1.Question.id changed number from 1 to 6', 'string id = 1;', 'string id = 6;'],
    ['p.v1.Question.id changed type from string to int64', 'string id = 1;', 'int64 id = 1;'],
    ['p.v1.Question.id changed repeated from false to true', 'string id = 1;', 'repeated string id = 1;'],
    [
      'p.v1.Question.id was renamed: number 1 is now question_id',
      'string id = 1;',
      'string question_id = 1;',
    ],
    [
      'p.v1.Question.counts changed type from map<string, int32> to map<string, int64>',
      'map<string, int32>',
      'map<string, int64>',
    ],
    [
      'p.v1.Question.name changed oneof from by to none',
      'oneof by { string name = 4; int64',
      'string name = 4; oneof by { int64',
    ],
    ['p.v1.Spare.note changed oneof from _note to none', 'optional string note', 'string note'],
    ['p.v1.Answer.Part.cents changed type from int64 to int32', 'int64 cents', 'int32 cents'],
    ['message p.v1.Spare was removed', 'message Spare { optional string note = 1; }', ''],
    ['method p.v1.Desk.Tell was removed', 'rpc Tell(Question) returns (Answer);', ''],
    [
      'method p.v1.Desk.Tell changed its response from p.v1.Answer to p.v1.Spare',
      'rpc Tell(Question) returns (Answer)',
      'rpc Tell(Question) returns (Spare)',
    ],
    [
      'method p.v1.Desk.Tell changed its response from p.v1.Answer to stream p.v1.Answer',
      'rpc Tell(Question) returns (Answer)',
      'rpc Tell(Question) returns (stream Answer)',
    ],
    ['enum value p.v1.Kind.SOME was removed', 'SOME = 1;', ''],
    ['enum value p.v1.Kind.SOME changed from 1 to 2', 'SOME = 1;', 'SOME = 2;'],
  ])('%s', (text, from, to) => {
    expect(changed(from, to)).toEqual([`${text}; protos only grow`])
  })

  test('two names that change places are both named', () => {
    const swapped = PROTO.replace('string name = 4; int64 number = 5;', 'string name = 5; int64 number = 4;')
    expect(rpcIncompatibilities(snapshot(PROTO), snapshot(swapped))).toHaveLength(2)
  })

  test('a package that is gone takes its services, messages and enums with it', () => {
    const gone = rpcIncompatibilities(snapshot(PROTO), snapshot('syntax = "proto3"; package p.v2;'))
    expect(gone).toContain('service p.v1.Desk was removed; protos only grow')
    expect(gone).toHaveLength(6)
  })

  test('each field of each real proto, when taken away, is named', () => {
    const folder = fileURLToPath(new URL('../../../protos', import.meta.url))
    const real = rpcSnapshot(folder)
    expect(rpcIncompatibilities(real, real)).toEqual([])
    for (const file of protoFiles(folder)) {
      const text = readFileSync(`${folder}/${file}`, 'utf8')
      for (const [declaration] of text.matchAll(/(repeated )?\w+ (\w+) = \d+;/g)) {
        const name = /(\w+) =/.exec(declaration)![1]
        const breaks = rpcIncompatibilities(snapshot(text), snapshot(text.replace(declaration, '')))
        expect(breaks).toEqual([
          expect.stringMatching(new RegExp(`\\.${name} was removed; protos only grow$`)),
        ])
      }
    }
  })
})
