import { writeSync } from 'node:fs'
import type { AggregatedResult, Reporter } from '@jest/reporters'

/**
 * Ends the output with one line for scripts. Written when the process exits, since jest puts its own summary after every
 * other reporter. A file that could not run at all counts as one failure.
 */
export default class SummaryReporter implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites
    const skipped = results.numPendingTests + results.numTodoTests
    const line = `\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`
    process.once('exit', () => writeSync(1, line))
  }
}
