import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { EventSchema } from './json-schema.ts'
import type { RpcSnapshot } from './rpc-snapshot.ts'

/** The contracts as they were published: what a change must stay compatible with. */
export interface Baseline {
  readonly name: string
  readonly schemas: Readonly<Record<string, EventSchema>>
  readonly rpc?: RpcSnapshot
}

/**
 * The last commit and the one before it: a break that was committed together with its regenerated schema still shows
 * (on a merge, the one before is the branch merged into). What no commit holds yet is nobody's contract and may change
 * freely. Outside a git checkout (an image, an archive) the files in `schemas/` are all there is to compare with.
 */
export function baselines(packageFolder: string): Baseline[] {
  const committed = ['HEAD', 'HEAD^'].flatMap((commit) => inGit(packageFolder, commit) ?? [])
  return isCheckout(packageFolder) ? committed : [onDisk(packageFolder)]
}

function onDisk(packageFolder: string): Baseline {
  const folder = join(packageFolder, 'schemas')
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return parsed('schemas/', new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')])))
}

function inGit(packageFolder: string, commit: string): Baseline | undefined {
  const list = git(packageFolder, 'ls-tree', '-r', '--name-only', commit, '--', 'schemas')
  if (list === undefined) return undefined
  const paths = list.split('\n').filter((path) => path.endsWith('.json'))
  const texts = paths.map(
    (path) => [basename(path), git(packageFolder, 'show', `${commit}:./${path}`)!] as const,
  )
  return parsed(commit, new Map(texts))
}

function isCheckout(packageFolder: string): boolean {
  return git(packageFolder, 'rev-parse', '--is-inside-work-tree') !== undefined
}

function git(cwd: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return undefined
  }
}

function parsed(name: string, texts: ReadonlyMap<string, string>): Baseline {
  const documents = [...texts].map(
    ([file, text]) => [file.slice(0, -'.json'.length), JSON.parse(text)] as const,
  )
  return {
    name,
    schemas: Object.fromEntries(documents.filter(([, document]) => 'x-praxisbus' in document)),
    rpc: documents.find(([file]) => file === 'rpc')?.[1],
  }
}
