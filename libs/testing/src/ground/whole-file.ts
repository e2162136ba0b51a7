import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Readable by its owner alone, and whole or not at all: half a file, from a full disk or a kill, would spoil each later start. */
export function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`
  try {
    writeFileSync(fresh, text, { mode: 0o600 })
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}
