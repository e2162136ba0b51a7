/** A statement whose values travel beside its text, always as parameters. */
export interface Sql {
  readonly text: string
  readonly values: readonly unknown[]
  /** The text's own: PostgreSQL prepares it once per connection. */
  readonly name?: string
}

class Fragment implements Sql {
  readonly shape: Shape
  readonly values: readonly unknown[]
  constructor(shape: Shape, values: readonly unknown[]) {
    this.shape = shape
    this.values = values
  }
  get text(): string {
    this.shape.known ??= composed(this.shape.chunks)
    return this.shape.known.text
  }
  get name(): string | undefined {
    this.shape.known ??= composed(this.shape.chunks)
    return this.shape.known.name
  }
}

interface Prepared {
  readonly text: string
  readonly name?: string
}

/** What a statement is without its values. */
interface Shape {
  /** The text between the values. */
  readonly chunks: readonly string[]
  known?: Prepared
  /** false: made for this once. */
  readonly kept: boolean
}

function numbered(chunks: readonly string[]): string {
  return chunks.reduce(
    (text, chunk, position) => (position === 0 ? chunk : `${text}$${position}${chunk}`),
    '',
  )
}

/** One entry per template in the source, so it stays as small as the source. */
const templates = new WeakMap<TemplateStringsArray, Template>()
let count = 0

interface Template {
  /** Without fragments in it. */
  readonly shape: Shape
  readonly ways: Way
  left: number
}

/** The shapes of a template with these fragments in the places so far, where undefined is a value. */
interface Way {
  shape?: Shape
  readonly onward: Map<Shape | undefined, Way>
}

/** A template whose parts vary more than this, as those of a list of any length, is put together anew. */
const MAX_STEPS = 300

function templateOf(strings: TemplateStringsArray): Template {
  let template = templates.get(strings)
  if (!template) {
    const known = { text: numbered(strings), name: `q${++count}` }
    const shape = { chunks: strings, known, kept: true }
    template = { shape, ways: { onward: new Map() }, left: MAX_STEPS }
    templates.set(strings, template)
  }
  return template
}

/**
 * sql`select … where id = ${id}`: values become parameters; a nested sql`…` is spliced in. There is no way to pass an
 * identifier: none ever comes from input.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const template = templateOf(strings)
  if (!values.some((value) => value instanceof Fragment)) return new Fragment(template.shape, values)
  const way = wayOf(template, values)
  const shape = way?.shape ?? { chunks: spliced(strings, values), kept: way !== undefined }
  if (way) way.shape = shape
  const flat: unknown[] = []
  for (const value of values) {
    if (value instanceof Fragment) flat.push(...value.values)
    else flat.push(value)
  }
  return new Fragment(shape, flat)
}

/** A statement of many parts takes longer to put together than PostgreSQL takes to answer it, so the same parts are put together once. */
function wayOf(template: Template, values: readonly unknown[]): Way | undefined {
  let way = template.ways
  for (const value of values) {
    const part = value instanceof Fragment ? value.shape : undefined
    let next = way.onward.get(part)
    if (!next) {
      if (part?.kept === false || template.left === 0) return undefined
      template.left--
      next = { onward: new Map() }
      way.onward.set(part, next)
    }
    way = next
  }
  return way
}

function spliced(strings: TemplateStringsArray, values: readonly unknown[]): string[] {
  const chunks: string[] = [strings[0]!]
  values.forEach((value, index) => {
    const tail = strings[index + 1]!
    if (value instanceof Fragment) {
      const [first, ...rest] = value.shape.chunks
      chunks[chunks.length - 1] += first!
      chunks.push(...rest)
      chunks[chunks.length - 1] += tail
    } else chunks.push(tail)
  })
  return chunks
}

/** Texts put together from parts: as many as there are ways through the code, unless a list of parts varies in length. */
const names = new Map<string, string>()
const MAX_NAMES = 300

function composed(chunks: readonly string[]): Prepared {
  const text = numbered(chunks)
  let name = names.get(text)
  if (name === undefined && names.size < MAX_NAMES) {
    name = `q${++count}`
    names.set(text, name)
  }
  return { text, name }
}

/** The parts one after another, for instance conditions joined by sql` and `. An empty list gives an empty fragment. */
sql.join = (parts: readonly Sql[], separator: Sql): Sql =>
  parts.reduce<Sql>((all, part, index) => (index === 0 ? part : sql`${all}${separator}${part}`), sql``)

/** A value for a json or jsonb column. (pg would send a JavaScript array as a PostgreSQL array.) */
export function json(value: unknown): string {
  return JSON.stringify(value)
}
