import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { type CommandLine, UsageError } from './command-line.ts'
import { completed, envLines, SECRETS, type Values } from './secrets/env-file.ts'
import { handOut } from './secrets/hand-out.ts'
import { mustStandWithoutTrial } from './secrets/without-trial.ts'

const OWNER_ONLY = 0o600
/** The volume of a part is mounted in its container alone, whose user is not the one that writes here. */
const READABLE = 0o444
/** All values once more, in a folder that no other part mounts: an `.env` that was lost comes back from it. */
const KEPT = 'kept/env'

/**
 * The first step of docker-compose.yml: completes the env file with secrets that it lacks, and hands each part of the
 * installation its own as files below `--out`. Run again, it changes nothing.
 */
export async function handOutSecrets(line: CommandLine): Promise<number> {
  const { dotenv, out } = line
  if (!dotenv || !out) throw new UsageError('--dotenv and --out are needed')
  mustStandWithoutTrial(line.env)
  const text = existsSync(dotenv) ? readFileSync(dotenv, 'utf8') : undefined
  const known = keptIn(out)
  const { text: full, values, added } = completed(text ?? HEADER, known)
  if (added.length > 0) writeEnvFile(dotenv, full, text === undefined)
  for (const [reader, files] of Object.entries(handOut(values))) {
    for (const [name, content] of Object.entries(files)) write(join(out, reader, name), content, READABLE)
  }
  write(join(out, KEPT), envLines(values), OWNER_ONLY)
  line.print(whatWasDone(text, added, known))
  if (text !== undefined && statSync(dotenv).mode & 0o077)
    line.print('.env can be read by others on this machine; better: chmod 600 .env')
  return 0
}

const HEADER = `# Made by the first \`docker compose up\`. Keep it: without it backups of the database have no logins.
# .env.example says what else may stand here.
`

function keptIn(out: string): Values {
  const file = join(out, KEPT)
  return existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Values) : {}
}

function whatWasDone(text: string | undefined, added: readonly string[], known: Values): string {
  if (added.length === 0) return 'secrets: as .env has them'
  const restored = added.every((name) => known[name])
  const what = added.length === Object.keys(SECRETS).length ? 'all secrets' : added.join(', ')
  return `secrets: ${text === undefined ? 'made' : 'completed'} .env with ${what}${restored ? ', as this installation had them before' : ''}`
}

/** A new one belongs to whom the folder belongs, and nobody else reads it; one that is there keeps its owner and mode. */
function writeEnvFile(file: string, text: string, isNew: boolean): void {
  const { uid, gid, mode } = isNew ? { ...statSync(dirname(file)), mode: OWNER_ONLY } : statSync(file)
  const fresh = `${file}.new`
  writeFileSync(fresh, text, { mode: OWNER_ONLY })
  chownSync(fresh, uid, gid)
  chmodSync(fresh, mode & 0o777)
  renameSync(fresh, file)
}

/** Whole or not at all: a part may be reading the old one. */
function write(file: string, content: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true })
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return
  writeFileSync(`${file}.new`, content)
  chmodSync(`${file}.new`, mode)
  renameSync(`${file}.new`, file)
}
