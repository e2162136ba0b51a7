import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..')
/** Servers that Maven fetched, kept between runs. */
export const CACHE = join(ROOT, '.praxisbus/cache')
/** The project's own Node, whatever the machine has. */
export const NODE = join(ROOT, 'node_modules/.bin/node')

/** What a program says of itself (on either stream); undefined where it is not there. */
export function lookUp(command, args) {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      resolve(error ? undefined : `${stdout}${stderr}`)
    })
  })
}
