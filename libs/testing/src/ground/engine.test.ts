import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from '@jest/globals'
import { testFolder } from '../test-ground.ts'
import { IMAGES, whyNoContainers } from './engine.ts'
import { startGround } from './index.ts'
import { answers } from './ports.ts'
import { waitFor } from './wait.ts'

const asked = process.env.PRAXISBUS_GROUND
afterEach(() => {
  if (asked === undefined) delete process.env.PRAXISBUS_GROUND
  else process.env.PRAXISBUS_GROUND = asked
})

const ping = (port: number) => answers(port, 'PING\r\n', (answer) => answer.toString().startsWith('+PONG'))

describe('where the servers run', () => {
  test('a word that means nothing is refused before anything is started', async () => {
    process.env.PRAXISBUS_GROUND = 'kubernetes'
    await expect(startGround({ dir: await testFolder('ground') })).rejects.toThrow(
      /PRAXISBUS_GROUND is "kubernetes"[\s\S]*auto, embedded or containers/,
    )
  })

  test('an image that cannot be had is a reason against containers, said in one line and found soon', async () => {
    const begun = performance.now()
    const why = await whyNoContainers(['registry.invalid/praxisbus/nothing:1'], 3_000)
    expect(why).toMatch(
      /^(the image registry\.invalid\/praxisbus\/nothing:1 cannot be had \(.+\)|no Docker engine answers)$/,
    )
    expect(performance.now() - begun).toBeLessThan(15_000)
  }, 20_000)

  test('a container does not outlive who started it, not even a kill -9; without Docker the reason is said', async () => {
    const why = await whyNoContainers([IMAGES.redis])
    if (why) {
      process.env.PRAXISBUS_GROUND = 'containers'
      const start = startGround({ dir: await testFolder('ground') })
      await expect(start).rejects.toThrow('PRAXISBUS_GROUND=containers, but ')
      return
    }
    const script = `
      import { containerStarters } from ${JSON.stringify(join(import.meta.dirname, 'containers.ts'))}
      const { address } = await containerStarters().redis()
      console.log(new URL(address.url).port)
      setInterval(() => undefined, 1_000)`
    const owner = spawn(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const died = once(owner, 'exit').then(() =>
        Promise.reject(new Error('it ended before it had a container')),
      )
      const [line] = await Promise.race([once(createInterface({ input: owner.stdout }), 'line'), died])
      const port = Number(line)
      expect(await ping(port)).toBe(true)
      owner.kill('SIGKILL')
      await waitFor(async () => !(await ping(port)), 30_000, 'the container to be gone')
    } finally {
      owner.kill('SIGKILL')
    }
  }, 90_000)
})
