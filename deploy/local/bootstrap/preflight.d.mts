import type { lookUp } from './machine.mjs'

export function missing(
  verb: string,
  args: readonly string[],
  env?: Readonly<Record<string, string | undefined>>,
  look?: typeof lookUp,
): Promise<{ what: string; cure: string }[]>
export function javaMajor(text: string): number | undefined
