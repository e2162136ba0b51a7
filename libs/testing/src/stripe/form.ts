/** What a form says: texts, lists of them by position, and objects of them by name. */
export type Form = { [name: string]: string | Form }

/** `line_items[0][price_data][currency]=usd` -> `{ line_items: { 0: { price_data: { currency: 'usd' } } } }` */
export function readForm(body: string): Form {
  const form: Form = Object.create(null)
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(/\[|\]\[|\]/).filter((part) => part !== '')
    let at = form
    for (const part of path.slice(0, -1)) {
      at[part] ??= Object.create(null) as Form
      at = at[part] as Form
    }
    at[path.at(-1)!] = value
  }
  return form
}

/** The value at a path, such as `line_items.0.quantity`; undefined: the form does not say. */
export function said(form: Form, path: string): string | undefined {
  let at: string | Form | undefined = form
  for (const part of path.split('.')) at = typeof at === 'object' ? at[part] : undefined
  return typeof at === 'string' ? at : undefined
}

export function saidTexts(form: Form, path: string): Record<string, string> {
  let at: string | Form | undefined = form
  for (const part of path.split('.')) at = typeof at === 'object' ? at[part] : undefined
  return Object.fromEntries(
    Object.entries(typeof at === 'object' ? at : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}
