/** A statement whose values travel beside its text, always as parameters. */
export interface Sql {
  readonly text: string
  readonly values: readonly unknown[]
  /** The text's own: PostgreSQL prepares it once per connection. */
  readonly name?: string
}

class Fragment implements Sql {
  readonly chunks: readonly string[]
  readonly values: readonly unknown[]
  #known: Prepared | undefined
  constructor(chunks: readonly string[], values: readonly unknown[], known?: Prepared) {
    this.chunks = chunks
    this.values = values
    this.#known = known
  }
  get text(): string {
    this.#known ??= composed(this.chunks)
    return this.#known.text
  }
  get name(): string | undefined {
    this.#known ??= composed(this.chunks)
    return this.#known.name
  }
}

interface Prepared {
  readonly text: string
  readonly name?: string
}

function numbered(chunks: readonly string[]): string {
  return chunks.reduce(
    (text, chunk, position) => (position === 0 ? chunk : `${text}$${position}${chunk}`),
    '',
  )
}

/** One entry per template in the source, so it stays as small as the source. */
const prepared = new WeakMap<TemplateStringsArray, Prepared>()
let count = 0

/**
 * sql`select … where id = ${id}`: values become parameters; a nested sql`…` is spliced in. There is no way to pass an
 * identifier: none ever comes from input.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  if (!values.some((value) => value instanceof Fragment)) {
    let known = prepared.get(strings)
    if (!known) {
      known = { text: numbered(strings), name: `q${++count}` }
      prepared.set(strings, known)
    }
    return new Fragment(strings, values, known)
  }
  const chunks: string[] = [strings[0]!]
  const flat: unknown[] = []
  values.forEach((value, index) => {
    const tail = strings[index + 1]!
    if (value instanceof Fragment) {
      chunks[chunks.length - 1] += value.chunks[0]!
      chunks.push(...value.chunks.slice(1))
      flat.push(...value.values)
      chunks[chunks.length - 1] += tail
    } else {
      flat.push(value)
      chunks.push(tail)
    }
  })
  return new Fragment(chunks, flat)
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
