import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/** A property as RFC 5545 (3.1) writes it: `DTSTART;TZID=Europe/Berlin:20260305T091000`. Names are in capitals. */
export interface ContentLine {
  readonly name: string
  readonly params: ReadonlyMap<string, readonly string[]>
  /** As it stands: what is escaped in it depends on its type. */
  readonly value: string
  /** Where it begins in the file, from 1. */
  readonly line: number
}

/** A line that is no property; what it was meant to be nobody knows. */
export interface BadLine {
  readonly line: number
  readonly problem: string
}

export type FileFault = 'empty_file' | 'not_text' | 'not_utf8' | 'not_icalendar' | 'truncated_file'

/** Pictures that stand in a calendar are longer; they are not carried. */
const LONGEST = 65_536
const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * The lines of a file, unfolded. A fold may lie inside of a character, so bytes are put together before they are read. Refuses
 * what is no UTF-8 text; a line that is no property is handed on as such. Takes time in proportion to the file, whatever is in it.
 */
export function readLines(
  file: Uint8Array | undefined,
): (ContentLine | BadLine)[] | Refusal<'empty_file' | 'not_text' | 'not_utf8'> {
  if (!file || file.length === 0) return fileFault('empty_file', 'The file is empty.')
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1')
  const lines: (ContentLine | BadLine)[] = []
  for (const { raw, line } of unfold(bytes.replace(/^\xef\xbb\xbf/, ''))) {
    if (raw.includes('\0')) return fileFault('not_text', `Line ${line} has a NUL byte in it.`)
    const text = decode(raw)
    if (text === undefined) return fileFault('not_utf8', `Line ${line} is not UTF-8.`)
    lines.push(text.length > LONGEST ? tooLong(text, line) : readLine(text, line))
  }
  return lines
}

interface Unfolded {
  readonly raw: string
  readonly line: number
}

/** Blank lines are passed over: many a program ends its file with some. */
function unfold(bytes: string): Unfolded[] {
  const lines: { parts: string[]; line: number }[] = []
  bytes.split(/\r\n|\n|\r/).forEach((text, index) => {
    const last = lines.at(-1)
    if (last && /^[ \t]/.test(text)) last.parts.push(text.slice(1))
    else if (text.trim() !== '') lines.push({ parts: [text], line: index + 1 })
  })
  return lines.map(({ parts, line }) => ({ raw: parts.join(''), line }))
}

function decode(raw: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: whether all of it is ASCII
  if (/^[\x01-\x7f]*$/.test(raw)) return raw
  try {
    return UTF8.decode(Buffer.from(raw, 'latin1'))
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return undefined
    throw error
  }
}

/** Its name is kept, so that what is lost can be named. */
function tooLong(text: string, line: number): ContentLine | BadLine {
  const name = /^[A-Za-z0-9-]{1,64}/.exec(text)?.[0]
  if (!name) return { line, problem: `is longer than ${LONGEST} characters` }
  return { name: name.toUpperCase(), params: new Map(), value: '', line }
}

export function readLine(text: string, line: number): ContentLine | BadLine {
  const name = /^[A-Za-z0-9-]{1,64}(?=[;:])/.exec(text)?.[0]
  if (!name) return { line, problem: 'is no property: it has no name before a colon' }
  const params = new Map<string, string[]>()
  let at = name.length
  while (text[at] === ';') {
    const equals = text.indexOf('=', at)
    const param = text.slice(at + 1, equals)
    if (equals < 0 || !/^[A-Za-z0-9-]{1,64}$/.test(param))
      return { line, problem: 'has a parameter without a value' }
    const read = paramValues(text, equals + 1)
    if (!read) return { line, problem: `has no end of its parameter ${param.toUpperCase()}` }
    params.set(param.toUpperCase(), read.values)
    at = read.end
  }
  if (text[at] !== ':') return { line, problem: 'has no value' }
  return { name: name.toUpperCase(), params, value: text.slice(at + 1), line }
}

/** Values between commas, in quotes or not, up to the `;` or `:` behind them. */
function paramValues(text: string, from: number): { values: string[]; end: number } | undefined {
  const values: string[] = []
  const plain = /[^,;:"]*/y
  for (let at = from; ; at++) {
    let value: string
    if (text[at] === '"') {
      const close = text.indexOf('"', at + 1)
      if (close < 0) return undefined
      value = text.slice(at + 1, close)
      at = close + 1
    } else {
      plain.lastIndex = at
      value = plain.exec(text)![0]
      at += value.length
    }
    values.push(value.replaceAll(/\^([n'^])/g, (_, mark: string) => CARETS[mark]!))
    if (text[at] === ';' || text[at] === ':') return { values, end: at }
    if (text[at] !== ',') return undefined
  }
}

/** RFC 6868. */
const CARETS: Readonly<Record<string, string>> = { n: '\n', "'": '"', '^': '^' }

export function fileFault<Code extends FileFault>(code: Code, detail: string): Refusal<Code> {
  return refuse(code, {
    field: 'file',
    detail,
    next: 'Export the calendar again as iCalendar (.ics, UTF-8) and send that file; nothing was written.',
  })
}
