import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './file.ts'

/** The commands that docs/compose.md prints under a heading: what an operator copies is what is run. */
export function documentedCommands(heading: string): string {
  const page = readFileSync(join(ROOT, 'docs/compose.md'), 'utf8')
  const section = page.split('\n## ').find((text) => text.startsWith(`${heading}\n`))
  const commands = section?.match(/```sh\n([\s\S]*?)```/)?.[1]
  if (!commands) throw new Error(`docs/compose.md prints no commands under "${heading}"`)
  return commands
}
