import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A wall clock that can be moved under running processes, by libfaketime (Debian: faketime). */
export interface FakeClock {
  /** For the environment of the processes. */
  readonly env: Readonly<Record<string, string>>
  /** How far it is ahead of the real one from now on; negative: behind. */
  move(seconds: number): Promise<void>
}

/** Undefined where the library is not installed. */
export async function findFaketime(): Promise<string | undefined> {
  for (const folder of await readdir('/usr/lib').catch((): string[] => [])) {
    const files = await readdir(join('/usr/lib', folder, 'faketime')).catch((): string[] => [])
    // MT: for programs of several threads
    if (files.includes('libfaketimeMT.so.1')) return join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1')
  }
  return undefined
}

export async function openClock(library: string, folder: string): Promise<FakeClock> {
  const file = join(folder, 'clock')
  const move = async (seconds: number) => {
    await writeFile(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}\n`)
    await rename(`${file}.new`, file)
  }
  await move(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // A real clock that is set does not move the monotonic one either.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    move,
  }
}
