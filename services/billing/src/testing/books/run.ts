import { parseArgs } from 'node:util'
import { stopOnSignals } from '@praxisbus/testing'
import setUp from '@praxisbus/testing/jest/setup.ts'
import tearDown from '@praxisbus/testing/jest/teardown.ts'
import { openBillingDesk } from '../../test-kit.ts'
import { runSequences } from './sequences.ts'

const HELP = `Plays random commands of several users against billing's books, and compares every cent with a simple model.

  npm run books                                       2,000 sequences of up to 4 groups of commands, as within npm test
  npm run books -- --sequences 10000 --length 500     the long form; it takes days on two cores, and says how far it is
  npm run books -- --seed 7                           what is drawn follows from the seed
  npm run books -- --whole                            a failure is not made smaller, which takes long where sequences are long

It starts a PostgreSQL of its own and ends it, also at Ctrl-C. Exit codes: 0 all as the model says, 1 not, 2 wrong usage.`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sequences: { type: 'string', default: '2000' },
      length: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
      whole: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const numbers = [values.sequences, values.length, values.seed].map(Number)
  if (values.help || numbers.some((one) => !Number.isSafeInteger(one) || one < 1)) {
    console.log(HELP)
    return values.help ? 0 : 2
  }
  const [sequences, length, seed] = numbers as [number, number, number]
  stopOnSignals(tearDown)
  await setUp()
  try {
    const desk = await openBillingDesk()
    try {
      const { snapshots, commands } = await runSequences(desk, {
        sequences,
        length,
        seed,
        whole: values.whole,
        say: console.log,
      })
      console.log(
        `${sequences} sequences, ${commands} commands as the model says; ${snapshots} snapshots in balance`,
      )
      return 0
    } finally {
      await desk.close()
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Again: npm run books -- --sequences ${sequences} --length ${length} --seed ${seed}`)
    return 1
  } finally {
    await tearDown()
  }
}

process.exit(await main())
