import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { SERVICES } from '@praxisbus/contracts'

/** The borders that house rules draw, held by what the files import. */
const root = fileURLToPath(new URL('..', import.meta.url))

interface SourceFile {
  readonly path: string
  readonly text: string
  /** What it imports at run time or as types: package names, or paths below the root. */
  readonly imports: readonly string[]
}

const files = ['libs', 'services', 'deploy', 'tests'].flatMap((folder) => sources(join(root, folder)))

function sources(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'rpc' ? [] : sources(path)
    if (!/\.(ts|mjs)$/.test(entry.name)) return []
    const text = readFileSync(path, 'utf8')
    const imports = [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, name]) =>
      name!.startsWith('.') ? relative(root, resolve(dirname(path), name!)) : name!,
    )
    return [{ path: relative(root, path), text, imports }]
  })
}

const isTest = ({ path }: SourceFile) => path.endsWith('.test.ts') || /\/(test-|testing\/)/.test(path)
const inside = (path: string, folder: string) => path.startsWith(`${folder}/`)

/** `path -> import` for every import that the rule does not allow. */
function broken(
  of: (file: SourceFile) => boolean,
  allowed: (name: string, file: SourceFile) => boolean,
): string[] {
  return files
    .filter(of)
    .flatMap((file) =>
      file.imports.filter((name) => !allowed(name, file)).map((name) => `${file.path} -> ${name}`),
    )
}

describe('borders', () => {
  test('domain/ is pure: it imports domain/, contracts, refusals and zod, and asks no clock, chance or environment', () => {
    const isDomain = (file: SourceFile) => /^services\/\w+\/src\/domain\//.test(file.path) && !isTest(file)
    const pure = (name: string) =>
      /^services\/\w+\/src\/domain\//.test(name) ||
      /^@praxisbus\/contracts(\/|$)/.test(name) ||
      name === '@praxisbus/runtime/refusal.ts' ||
      name === 'zod'
    expect(broken(isDomain, pure)).toEqual([])
    const impure = /Temporal\.Now|Date\.now|new Date\(\)|Math\.random|randomUUID|process\.|fetch\(/
    expect(
      files
        .filter(isDomain)
        .filter(({ text }) => impure.test(text))
        .map(({ path }) => path),
    ).toEqual([])
    expect(files.filter(isDomain).length).toBeGreaterThan(0)
  })

  test('a service imports no other service', () => {
    const own = ({ path }: SourceFile) => path.split('/').slice(0, 2).join('/')
    expect(
      broken(
        ({ path }) => inside(path, 'services'),
        (name, file) => !inside(name, 'services') || inside(name, own(file)),
      ),
    ).toEqual([])
    expect(
      broken(
        () => true,
        (name) => !SERVICES.some((service) => `${name}/`.startsWith(`@praxisbus/${service}/`)),
      ),
    ).toEqual([])
  })

  test('libraries import no service; contracts import nothing of ours; runtime only contracts', () => {
    expect(
      broken(
        ({ path }) => inside(path, 'libs'),
        (name) => !inside(name, 'services'),
      ),
    ).toEqual([])
    const foreign = (lib: string, names: RegExp) =>
      broken(
        (file) => inside(file.path, `libs/${lib}`) && !isTest(file),
        (name) => !names.test(name),
      )
    expect(foreign('contracts', /^@praxisbus\//)).toEqual([])
    expect(foreign('runtime', /^@praxisbus\/(?!contracts)/)).toEqual([])
  })

  test('one file of each service reads the environment, and one file talks to kafkajs', () => {
    const readers = files.filter(
      (file) => inside(file.path, 'services') && !isTest(file) && /process\.env/.test(file.text),
    )
    expect(readers.map(({ path }) => path).filter((path) => !/\/src\/(config|main)\.ts$/.test(path))).toEqual(
      [],
    )
    const users = files.filter(
      (file) =>
        inside(file.path, 'libs/runtime') &&
        !isTest(file) &&
        /^import (?!type)[^\n]*'kafkajs'|^\} from 'kafkajs'/m.test(file.text),
    )
    expect(users.map(({ path }) => path)).toEqual(['libs/runtime/src/bus/kafka.ts'])
  })

  test('statements are built by the sql tag alone', () => {
    const raw = files.filter(
      (file) => inside(file.path, 'services') && !isTest(file) && /\.query\(|from 'pg'/.test(file.text),
    )
    expect(raw.map(({ path }) => path)).toEqual([])
  })
})
