import assert from 'node:assert/strict'
import { newId } from '@praxisbus/runtime'
import { ok } from '../../system/clinic.ts'
import { type Asked, type Books, type Row, send } from './books.ts'
import { assertNoLeak, type Known } from './probe.ts'
import { idsIn, UUID } from './recorded.ts'

/** The owner sends every row. What they asked for is what a stranger then says in the middle of requests of their own. */
export async function playRows(books: Books, rows: readonly Row[]): Promise<readonly Asked[]> {
  const sent: Asked[] = []
  for (const row of rows) {
    const asked = await row.ask(books)
    await ok(send(books, row, asked)).catch((error: Error) =>
      assert.fail(`${row.endpoint}: ${error.message}`),
    )
    sent.push(asked)
  }
  return sent
}

/**
 * A stranger's own request that is in order, with one id after the other taken from the practice: refused, and word for word as
 * with an id that nobody has. As it was, the request then goes: nothing else was wrong with it.
 */
export async function probeCrossed(
  books: Books,
  rows: readonly Row[],
  sent: readonly Asked[],
  known: Known,
): Promise<number> {
  let asked = 0
  for (const [index, row] of rows.entries()) {
    const theirs = idsOf(sent[index]!)
    if (theirs.length === 0) continue
    const own = await row.ask(books)
    assert.equal(idsOf(own).length, theirs.length, `${row.endpoint} names as many ids for each practice`)
    for (const [place, id] of theirs.entries()) {
      if (sent[index]!.unchecked?.includes(id)) continue
      const [crossed, absent] = [withId(own, place, id), withId(own, place, newId())]
      const answers = [await send(books, row, crossed), await send(books, row, absent)] as const
      const what = `${row.endpoint} with ${JSON.stringify(crossed.body)}`
      const [status, type, detail] = refusalOf(answers[0].status, answers[0].body, id)
      assert.ok([403, 404, 422].includes(status), `${what}: ${status} ${type}`)
      const [unknownId] = idsOf(absent).slice(place)
      assert.deepEqual(
        [status, type, detail],
        refusalOf(answers[1].status, answers[1].body, unknownId!),
        `${what} is answered as an id that nobody has`,
      )
      assertNoLeak(JSON.stringify(answers[0].body), JSON.stringify(crossed), known, what)
      asked++
    }
    await ok(send(books, row, own)).catch((error: Error) =>
      assert.fail(`${row.endpoint} with ids of its own: ${error.message}`),
    )
  }
  return asked
}

const idsOf = ({ body }: Asked): string[] => JSON.stringify(body ?? {}).match(UUID) ?? []

function withId(asked: Asked, place: number, id: string): Asked {
  let index = 0
  const text = JSON.stringify(asked.body).replaceAll(UUID, (own) => (index++ === place ? id : own))
  assert.ok(idsIn(text).has(id))
  return { ...asked, body: JSON.parse(text) }
}

/** Without the id that it was asked with. */
function refusalOf(status: number, body: unknown, id: string): [number, string, string] {
  const { type, detail } = body as { type: string; detail: string }
  return [status, type, String(detail).replaceAll(id, '…')]
}
