import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { REPOSITORY } from '../ground/maven.ts'

// Required, because its types are those of its CommonJS form.
const { default: TestSequencer } = createRequire(import.meta.url)(
  '@jest/test-sequencer',
) as typeof import('@jest/test-sequencer')
type Tests = Parameters<InstanceType<typeof TestSequencer>['sort']>[0]

/**
 * Seconds that the long files take, roughly. A fresh clone has no memory of earlier runs, and by their size, which jest then goes
 * by, most of these would come last.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'tests/faults/outages.test.ts': 110,
  'tests/faults/isolation.test.ts': 110,
  'services/billing/src/testing/books/books.test.ts': 100,
  'tests/faults/commit-event.test.ts': 110,
  'services/imaging/src/material.test.ts': 80,
  'tests/faults/poison.test.ts': 70,
  'tests/system/start.test.ts': 60,
  'tests/faults/rolling-restart.test.ts': 45,
  'tests/faults/slow-consumer.test.ts': 45,
  'tests/faults/full-disk.test.ts': 35,
  'services/scheduler/src/reminders-killed.test.ts': 35,
  'tests/faults/clock.test.ts': 32,
  'tests/faults/effect-once.test.ts': 30,
  'services/billing/src/killed.test.ts': 25,
  'tests/system/note.test.ts': 20,
  'libs/testing/src/ground/kafka.test.ts': 20,
  'services/imaging/src/commands/import-images.test.ts': 20,
  'tests/system/visit.test.ts': 20,
  'tests/system/online.test.ts': 20,
}
const ANY_OTHER = 3

/**
 * The longest first, and between them as many of the others as run meanwhile in a second worker: two of the long ones, each of which
 * has a whole system to itself, are not beside each other until there is nothing else left.
 */
export default class LongestFirst extends TestSequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const secondsOf = (test: Tests[number]) => SECONDS[relative(REPOSITORY, test.path)]
    const long = tests
      .filter((test) => secondsOf(test) !== undefined)
      .sort((one, other) => secondsOf(other)! - secondsOf(one)!)
    const others = await super.sort(tests.filter((test) => !long.includes(test)))
    const begun: { test: Tests[number]; atSecond: number }[] = []
    for (const kind of [long, others]) {
      let atSecond = 0
      for (const test of kind) {
        begun.push({ test, atSecond })
        atSecond += secondsOf(test) ?? ANY_OTHER
      }
    }
    return begun.sort((one, other) => one.atSecond - other.atSecond).map(({ test }) => test)
  }
}
