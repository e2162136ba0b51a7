import { serveParent } from '../calls/child.ts'
import { type Ask, type Load, measure, type Series } from './work.ts'

/** One side in a process of its own: its module exports `prepare`. */
serveParent(async ({ module }: { readonly module: string }) => {
  const { prepare } = (await import(new URL(module, import.meta.url).href)) as {
    prepare: (series: Series) => Ask
  }
  return async (question: Load | { readonly list: Load }) => {
    if (!('list' in question)) return measure(prepare, question)
    const { series, windows } = question.list
    return windows.map(prepare(series))
  }
})
