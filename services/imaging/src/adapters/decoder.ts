import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isRefusal } from '@praxisbus/runtime'
import { HttpFault, problem } from '@praxisbus/runtime/http/problem.ts'
import type { ImportLimits } from '../config.ts'
import type { FileType } from '../domain/file-type.ts'
import { corruptFile, tooSlow, type UnreadableFile } from '../domain/unreadable-file.ts'

/** A decoded page. Its objects lie in the folder of the job. */
export interface DecodedPage {
  /** Upright: turned as the file says. */
  readonly widthPx: number
  readonly heightPx: number
  /** Over the upright page's size and pixels (sRGB, 8 bit, on white). */
  readonly pixelSha256: string
  /** Of one colour throughout. */
  readonly blank: boolean
  /** JPEG, at most 320 pixels wide and high. */
  readonly thumbnailSha256: string
  /** Zip of deep-zoom tiles, see tile-archive.ts. */
  readonly tilesSha256: string
}

export interface DecodeJob {
  readonly folder: string
  /** Name of the file in that folder. */
  readonly source: string
  readonly type: FileType
  readonly limits: ImportLimits
}

export interface Decoder {
  /**
   * One of the places of all files that are decoded or wait, taken before a file is read into memory, and the way to give it back.
   * Throws 503 where all are taken.
   */
  enter(): () => void
  /** All pages in their order, or why the file is refused whole. In the order of their coming. */
  decode(job: Omit<DecodeJob, 'limits'>): Promise<readonly DecodedPage[] | UnreadableFile>
}

const PROGRAM = fileURLToPath(new URL('decoder/process.ts', import.meta.url))
const MAX_HEAP_MB = 256
const MAX_STDERR = 4_000
/** How a native decoder ends when a file breaks it; SIGSYS and the like are not the file's doing. */
const BROKEN_BY_FILE = new Set<NodeJS.Signals | null>([
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
])

/**
 * Files come from outside, and decoders are large native programs. Each file therefore gets a process of its own, without
 * this service's environment: it can be stopped at any time, and when it falls only the file is refused. Starting it
 * takes about 0.2 s. (A worker thread was the other choice: libvips in it can neither be stopped nor crash alone.)
 */
export function openDecoder(limits: ImportLimits): Decoder {
  const turn = openTurnstile(limits.IMPORT_CONCURRENCY)
  return {
    enter: openPlaces(3 * limits.IMPORT_CONCURRENCY),
    decode: (job) => turn(() => runProcess({ ...job, limits })),
  }
}

function runProcess(job: DecodeJob): Promise<readonly DecodedPage[] | UnreadableFile> {
  return new Promise((resolve, reject) => {
    const child = fork(PROGRAM, [], {
      execArgv: [`--max-old-space-size=${MAX_HEAP_MB}`],
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let answer: readonly DecodedPage[] | UnreadableFile | undefined
    let complaint = ''
    const timer = setTimeout(() => {
      answer = tooSlow(job.limits.IMPORT_TIMEOUT_SECONDS)
      child.kill('SIGKILL')
    }, job.limits.IMPORT_TIMEOUT_SECONDS * 1_000)
    child.stderr!.on('data', (text: Buffer) => {
      complaint = (complaint + text).slice(-MAX_STDERR)
    })
    child.on('message', (message) => {
      answer ??= message as unknown as readonly DecodedPage[] | UnreadableFile
    })
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      if (answer) resolve(answer)
      else if (BROKEN_BY_FILE.has(signal)) resolve(corruptFile('It breaks the decoder.'))
      else reject(new Error(`the decoder ended with ${signal ?? code}: ${complaint}`))
    })
    child.send(job, (error) => error && reject(error))
  })
}

export function isUnreadable(answer: readonly DecodedPage[] | UnreadableFile): answer is UnreadableFile {
  return isRefusal(answer)
}

/**
 * Who finds no place is turned away by a throw, not by a refusal: a refusal would be kept for the Idempotency-Key, and the same
 * request shall succeed a moment later.
 */
export function openPlaces(count: number): () => () => void {
  let free = count
  return () => {
    if (free === 0) {
      throw new HttpFault(
        problem(
          503,
          'import_busy',
          'Many files are being imported just now.',
          'Send it again with the same Idempotency-Key in a few seconds.',
        ),
        { 'retry-after': '5' },
      )
    }
    free--
    let inside = true
    return () => {
      if (inside) free++
      inside = false
    }
  }
}

/** At most `width` at once; how many wait behind them is bounded by the places. */
export function openTurnstile(width: number) {
  let inside = 0
  const queue: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (inside >= width) await new Promise<void>((resolve) => queue.push(resolve))
    else inside++
    try {
      return await work()
    } finally {
      // The turn passes to the next in the queue, so `inside` changes only where nobody waits.
      const next = queue.shift()
      if (next) next()
      else inside--
    }
  }
}
