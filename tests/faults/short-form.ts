import { test } from '@jest/globals'
import { type Scenario, seeded } from './scenario.ts'

/** Fixed, so that a red run is red again; FAULTS_SEED tries another. */
const SEED = Number(process.env.FAULTS_SEED ?? 4)

/** The scenario as one test of jest. A failure says what was done, with which seed, and how to do it again. */
export function testShortForm(title: string, scenario: Scenario, timeoutMs: number): void {
  test(
    `${title} (seed ${SEED})`,
    async () => {
      const begun = performance.now()
      const said: string[] = []
      const say = (line: string) => {
        said.push(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}`)
      }
      try {
        await scenario.run({ random: seeded(SEED), form: 'short', say })
      } catch (error) {
        const again = `FAULTS_SEED=${SEED} npm run jest -- tests/faults/${scenario.name}.test.ts`
        const message = error instanceof Error ? error.message : String(error)
        throw new Error(`${message}\n\nWhat was done:\n${said.join('\n')}\nAgain: ${again}`, { cause: error })
      }
    },
    timeoutMs,
  )
}
