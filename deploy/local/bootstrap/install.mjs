import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lookUp, NODE, ROOT } from './machine.mjs'

const MARK = '.praxisbus-lock-hash'

/** Installs where needed. Returns what went wrong, or nothing. */
export async function installIfStale(say) {
  const reason = staleReason(ROOT)
  if (reason) {
    say(`Installing packages (${reason}); the first time takes a minute or two …`)
    const begun = Date.now()
    const code = await installPackages()
    if (code !== 0) {
      return { what: `npm could not install the packages (it ended with ${code}).`, cure: CURE }
    }
    remember(ROOT)
    say(`Packages installed in ${Math.round((Date.now() - begun) / 1000)} s`)
  }
  const version = await lookUp(NODE, ['--version'])
  if (version?.startsWith('v26.')) return undefined
  return {
    what: `The project's own Node (npm package \`node\`) does not run: ${version?.trim() ?? 'no answer'}.`,
    cure: 'Its install script may have been forbidden. Run: npm rebuild node',
  }
}

/** Why node_modules is not what package-lock.json asks for; undefined where it is. */
export function staleReason(root) {
  const modules = join(root, 'node_modules')
  if (!existsSync(modules)) return 'there are none yet'
  if (readOr(join(modules, MARK)) === lockHash(root)) return undefined
  // No mark of ours, or an old one: somebody may have run `npm install` by hand. npm's own note tells what is there.
  const installed = readOr(join(modules, '.package-lock.json'))
  if (installed === undefined) return 'an earlier installation was cut short'
  const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages)
  const present = JSON.parse(installed).packages
  const differs = wanted.some(([path, entry]) => path !== '' && !sameEntry(entry, present[path]))
  if (differs) return 'package-lock.json has changed'
  remember(root)
  return undefined
}

function remember(root) {
  writeFileSync(join(root, 'node_modules', MARK), lockHash(root))
}

function lockHash(root) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
}

/** Optional packages of other platforms may be absent. */
function sameEntry(wanted, present) {
  if (!present) return wanted.optional === true || wanted.devOptional === true || wanted.peer === true
  return wanted.version === present.version && wanted.integrity === present.integrity
}

function readOr(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const CURE =
  'Its own words are above. Can the package registry be reached (npm ping)? Is the disk full (df -h)?'

/** stdout is kept for --json, so npm's words go to stderr, and only where something is wrong. */
function installPackages() {
  return new Promise((resolve) => {
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
    const child = spawn('npm', args, { cwd: ROOT, shell: process.platform === 'win32' })
    let words = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        words += chunk
      })
    }
    const end = (code, text) => {
      if (code !== 0) process.stderr.write(text)
      resolve(code)
    }
    child.on('error', (error) => end(127, `${error.message}\n`))
    child.on('close', (code) => end(code ?? 1, words))
  })
}
