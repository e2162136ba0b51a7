import { GroundFault } from '@praxisbus/testing/ground/fault.ts'

/** What a run ends with. `docs/running-locally.md` lists them for scripts. */
export const EXIT = {
  fine: 0,
  /** The day's figures do not agree, a check failed, or something nobody foresaw. */
  failed: 1,
  usage: 2,
  /** 3: this machine lacks something; 4: the packages could not be installed. Both are told by bootstrap.mjs. */
  practiceFolder: 5,
  alreadyRunning: 6,
  /** A port, the disk, a data folder or a server stands in the way. */
  cannotStart: 7,
} as const

/** Something a person can put right: said without a stack, with the cure. */
export class Fault extends Error {
  readonly cure: string
  readonly exitCode: number
  constructor(what: string, cure: string, exitCode: number = EXIT.cannotStart) {
    super(what)
    this.cure = cure
    this.exitCode = exitCode
  }
}

export class UsageFault extends Fault {
  constructor(what: string, cure: string) {
    super(what, cure, EXIT.usage)
  }
}

/** A fault in words and its exit code; a bug keeps its stack. */
export function explain(error: unknown): { text: string; exitCode: number } {
  if (error instanceof Fault) return { text: `${error.message}\n  ${error.cure}`, exitCode: error.exitCode }
  if (error instanceof GroundFault) return { text: error.message, exitCode: EXIT.cannotStart }
  if (error instanceof AggregateError) {
    const parts = error.errors.map(explain)
    return { text: parts.map((part) => part.text).join('\n'), exitCode: parts[0]?.exitCode ?? EXIT.failed }
  }
  const file = fileFault(error as NodeJS.ErrnoException)
  if (file) return explain(file)
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    exitCode: EXIT.failed,
  }
}

/** A folder that we ourselves could not write to; an error of another kind is none of these. */
function fileFault({ code, path, message }: NodeJS.ErrnoException): Fault | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Fault(
      `The disk is full: ${path ?? message}`,
      'Make room (`df -h` shows where), or set PRAXISBUS_HOME to a folder on a larger disk.',
    )
  if (path && (code === 'EROFS' || code === 'EACCES' || code === 'EPERM'))
    return new Fault(
      `${path} cannot be read or written (${code === 'EROFS' ? 'a read-only disk' : 'not permitted'}).`,
      'Is it another user’s, perhaps from a start as root? Change its owner, or set PRAXISBUS_HOME to a folder of your own.',
    )
  return undefined
}
