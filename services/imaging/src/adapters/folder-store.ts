import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid } from '@praxisbus/runtime/ids.ts'
import type { ObjectStore } from './object-store.ts'

const DRAFTS = 'drafts'
/** Longer than any import takes: what is older was left by a process that died. */
const STALE_DRAFT_MS = 24 * 60 * 60_000
const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

/** Objects as files, `<root>/<practice>/<first two digits>/<sha256>`. Several processes may share one root. */
export async function openFolderStore(root: string): Promise<ObjectStore> {
  await mkdir(join(root, DRAFTS), { recursive: true, mode: PRIVATE_FOLDER })
  await removeStaleDrafts(join(root, DRAFTS))
  return {
    draft: async (practiceId) => {
      const target = practiceFolder(root, practiceId)
      // On the same file system as its target, or the rename would not be atomic.
      const folder = join(root, DRAFTS, randomUUID())
      await mkdir(folder, { mode: PRIVATE_FOLDER })
      return {
        folder,
        add: (bytes) => addObject(folder, bytes),
        publish: () => publish(folder, target),
        close: () => rm(folder, { recursive: true, force: true }),
      }
    },
    read: async (practiceId, sha256) => {
      if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('an object is named by its SHA-256')
      const bytes = await readFile(join(practiceFolder(root, practiceId), sha256.slice(0, 2), sha256))
      if ((await hashOf(bytes)) !== sha256)
        throw new Error(`object ${sha256} is damaged: its content has another hash`)
      return bytes
    },
  }
}

function practiceFolder(root: string, practiceId: string): string {
  if (!isUuid(practiceId)) throw new TypeError('an object belongs to a practice')
  return join(root, practiceId.toLowerCase())
}

/** Writes one object into a draft, on disk before it returns. */
export async function addObject(folder: string, bytes: Uint8Array): Promise<string> {
  const sha256 = await hashOf(bytes)
  const file = await open(join(folder, sha256), 'w', PRIVATE_FILE)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  return sha256
}

/** Off the event loop: a file may have many megabytes. */
export async function hashOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)).toString('hex')
}

async function publish(folder: string, target: string): Promise<void> {
  const changed = new Set<string>()
  for (const sha256 of await readdir(folder)) {
    const shelf = join(target, sha256.slice(0, 2))
    if (await mkdir(shelf, { recursive: true, mode: PRIVATE_FOLDER }))
      changed.add(target).add(join(target, '..'))
    // The same content may be there already; the new copy takes its place, which also heals a damaged one.
    await rename(join(folder, sha256), join(shelf, sha256))
    changed.add(shelf)
  }
  await Promise.all([...changed].map(syncFolder))
}

/** A rename is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function removeStaleDrafts(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name)
    const found = await stat(path).catch(() => undefined)
    if (found && Date.now() - found.mtimeMs > STALE_DRAFT_MS) await rm(path, { recursive: true, force: true })
  }
}
