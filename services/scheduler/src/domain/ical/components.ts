import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { type BadLine, type ContentLine, type FileFault, fileFault, readLines } from './content.ts'

/** What stands between BEGIN and END. */
export interface Component {
  readonly name: string
  readonly line: number
  readonly properties: ContentLine[]
  readonly bad: BadLine[]
  readonly children: Component[]
  /** Its END is missing: what is in it may belong elsewhere. */
  unclosed: boolean
}

const DEEPEST = 8
export const MOST_COMPONENTS = 20_000

export type Unreadable = Refusal<FileFault | 'too_deep' | 'too_many_components'>

/**
 * The components of a file of iCalendar (RFC 5545 3.4 to 3.6). A line that is no property is kept with its component, so that one
 * broken line costs one event and not the file. Refuses what is no calendar, ends in the middle, or is built to be large.
 */
export function readComponents(file: Uint8Array | undefined): Component | Unreadable {
  const lines = readLines(file)
  if (isRefusal(lines)) return lines
  const root = component('', 0)
  const open = [root]
  let count = 0
  for (const line of lines) {
    const inside = open.at(-1)!
    if ('problem' in line) inside.bad.push(line)
    else if (line.name === 'BEGIN') {
      if (open.length > DEEPEST)
        return tooLarge('too_deep', `Line ${line.line} begins the ${DEEPEST + 1}th component within another.`)
      if (++count > MOST_COMPONENTS)
        return tooLarge('too_many_components', `The file has more than ${MOST_COMPONENTS} components.`)
      const begun = component(nameOf(line), line.line)
      inside.children.push(begun)
      open.push(begun)
    } else if (line.name === 'END') close(open, line)
    else inside.properties.push(line)
  }
  if (!root.children.some(({ name }) => name === 'VCALENDAR'))
    return fileFault('not_icalendar', 'The file has no BEGIN:VCALENDAR in it.')
  if (open.length > 1)
    return fileFault(
      'truncated_file',
      `The file ends before the END:${open[1]!.name} of line ${open[1]!.line}: part of it is missing.`,
    )
  return root
}

function close(open: Component[], end: ContentLine): void {
  const name = nameOf(end)
  const index = open.findLastIndex((one, place) => place > 0 && one.name === name)
  if (index < 0) {
    open.at(-1)!.bad.push({ line: end.line, problem: `ends ${name}, which was not begun` })
    return
  }
  for (const left of open.splice(index).slice(1)) left.unclosed = true
}

const nameOf = ({ value }: ContentLine) => value.trim().toUpperCase().slice(0, 64)

function component(name: string, line: number): Component {
  return { name, line, properties: [], bad: [], children: [], unclosed: false }
}

function tooLarge<Code extends 'too_deep' | 'too_many_components'>(
  code: Code,
  detail: string,
): Refusal<Code> {
  return refuse(code, {
    field: 'file',
    detail,
    next: 'Send a smaller calendar, or one in several files; nothing was written.',
  })
}

/** All properties of that name. */
export function all(of: Component, name: string): ContentLine[] {
  return of.properties.filter((property) => property.name === name)
}

/** The first of that name that says something. */
export function first(of: Component, name: string): ContentLine | undefined {
  return of.properties.find((property) => property.name === name && property.value.trim() !== '')
}
