import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { invalidInput } from './input.ts'
import { HttpFault, problem } from './problem.ts'

/** No request of ours is nested deeper than a few levels. */
const MAX_DEPTH = 64

/** What JSON.parse would silently mend or choose: other encodings, broken UTF-8, a member named twice, endless nesting. */
export function refuseDoubtfulJson(
  _request: IncomingMessage,
  _response: unknown,
  bytes: Buffer,
  charset: string,
) {
  if (charset !== 'utf-8') throw notUtf8()
  if (!isUtf8(bytes)) throw invalidInput([{ field: 'body', detail: 'is not valid UTF-8' }])
  const doubt = findDoubt(bytes.toString())
  if (doubt) throw invalidInput([doubt])
}

export function notUtf8(): HttpFault {
  return new HttpFault(
    problem(415, 'unsupported_media_type', 'JSON is taken in UTF-8 only.', 'Encode the body in UTF-8.', {
      errors: [{ field: 'Content-Type', detail: 'names another charset than utf-8' }],
    }),
  )
}

interface Container {
  /** Of an object: its members so far. */
  readonly members?: Set<string>
  /** The member or position that is being read. */
  step: string | number
}

/** Looks at well-formed JSON; what is malformed is left to the parser to say. */
function findDoubt(text: string): { field: string; detail: string } | undefined {
  const open: Container[] = []
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const inner = open.at(-1)
    switch (text[at]) {
      case '"': {
        const end = endOfText(text, at)
        word = text.slice(at, end + 1)
        at = end
        break
      }
      case '{':
      case '[':
        if (open.length === MAX_DEPTH) return { field: 'body', detail: `is nested deeper than ${MAX_DEPTH}` }
        open.push(text[at] === '{' ? { members: new Set(), step: '' } : { step: 0 })
        break
      case '}':
      case ']':
        open.pop()
        break
      case ',':
        if (typeof inner?.step === 'number') inner.step++
        break
      case ':': {
        const name = inner?.members && word && textOf(word)
        if (name === undefined) return undefined
        inner!.step = name
        if (inner!.members!.has(name))
          return { field: open.map(({ step }) => step).join('.'), detail: 'is named twice' }
        inner!.members!.add(name)
      }
    }
  }
  return undefined
}

/** Where the text that begins at a quote ends. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return text.length
}

function textOf(word: string): string | undefined {
  try {
    return JSON.parse(word) as string
  } catch {
    return undefined
  }
}
