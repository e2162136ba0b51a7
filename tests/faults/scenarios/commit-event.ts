import { setTimeout as sleep } from 'node:timers/promises'
import { allAlive, allThere, FAULTS, oneLeads, untilPublished } from '../commit-event/faults.ts'
import { verdict } from '../commit-event/verdict.ts'
import { openWorld, type World } from '../commit-event/world.ts'
import { startWriting } from '../commit-event/writers.ts'
import { lastWords } from '../last-words.ts'
import type { Scenario, Trial } from '../scenario.ts'

/** The long form does the short one's faults so many times over, in another order each time. */
const LONG_TIMES = 5
const PAUSE_MS = 300
const LAST_LINES = 40

const scenario: Scenario = {
  name: 'commit-event',
  about:
    'Processes, servers and connections die while 8 writers work; what is committed is in the topic and nothing else, in order, with one effect each.',
  run: async (trial) => {
    const world = await openWorld()
    try {
      const writing = await startWriting(world, trial.random)
      await Promise.race([untilPublished(world, 50), writing.broken])
      const begun = performance.now()
      const done = await Promise.race([attack(world, trial), writing.broken])
      await writing.stop()
      const seconds = Math.round((performance.now() - begun) / 1000)
      trial.say(`${done} faults in ${seconds} s; now it is left alone`)
      return [`${done} faults`, ...(await verdict(world, writing.acknowledged))]
    } catch (error) {
      const services = [...world.writers, ...world.readers].map(({ service }) => service)
      trial.say(await lastWords(services, LAST_LINES))
      throw error
    } finally {
      await world.close()
    }
  },
}
export default scenario

async function attack(world: World, { random, form, say }: Trial): Promise<number> {
  let done = 0
  for (let time = 0; time < (form === 'long' ? LONG_TIMES : 1); time++) {
    const faults = FAULTS.flatMap(([count, fault]) => Array.from({ length: count }, () => fault))
    for (const fault of random.shuffled(faults)) {
      say(await fault(world, random))
      done++
      allAlive([...world.writers, ...world.readers])
      // Else most faults would meet a system that does nothing.
      await untilPublished(world, 1)
      await sleep(random.next(PAUSE_MS))
    }
  }
  await allThere([...world.writers, ...world.readers])
  await oneLeads(world)
  return done
}
