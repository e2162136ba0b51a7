import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventIncompatibilities } from './compatibility.ts'
import { type Artifacts, artifacts, GENERATED_FOLDERS } from './generate/artifacts.ts'
import { type Baseline, baselines } from './generate/baseline.ts'
import { rpcIncompatibilities } from './rpc-compatibility.ts'

/** `npm run contracts`: writes schemas/ and src/rpc/ anew, unless that would break what is already published. */
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const made = artifacts(join(packageFolder, '../..'))
const breaks = baselines(packageFolder).flatMap((baseline) => breaksSince(baseline, made))

if (breaks.length > 0) {
  console.error(
    `This breaks contracts that others rely on; nothing was written:\n${[...new Set(breaks)].map((line) => `  ${line}\n`).join('')}`,
  )
  process.exitCode = 1
} else {
  write(made)
}

function breaksSince({ schemas, rpc }: Baseline, { schemas: current, rpc: currentRpc }: Artifacts): string[] {
  return [...eventIncompatibilities(schemas, current), ...(rpc ? rpcIncompatibilities(rpc, currentRpc) : [])]
}

function write({ files }: Artifacts): void {
  for (const folder of GENERATED_FOLDERS) removeOthers(folder, files)
  for (const [path, content] of files) {
    mkdirSync(dirname(join(packageFolder, path)), { recursive: true })
    writeFileSync(join(packageFolder, path), content)
  }
  console.log(`${files.size} files written to schemas/ and src/rpc/`)
}

/** Leftovers of contracts that were never published. */
function removeOthers(folder: string, files: ReadonlyMap<string, string>): void {
  for (const entry of readdirSync(join(packageFolder, folder), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(packageFolder.length)
    if (entry.isFile() && !files.has(path)) rmSync(join(packageFolder, path))
  }
}
