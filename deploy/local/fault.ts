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
  return {
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
    exitCode: EXIT.failed,
  }
}
