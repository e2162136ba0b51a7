import { describe, expect, test } from '@jest/globals'
import { readStartOptions } from './args.ts'
import { EXIT, explain } from './fault.ts'
import { homeFrom } from './home.ts'

function faultOf(act: () => unknown) {
  try {
    act()
  } catch (error) {
    return explain(error)
  }
  throw new Error('nothing was thrown')
}

describe('P-08 arguments', () => {
  test('P-08 start plays a day, dev does not unless asked', () => {
    expect(readStartOptions('start', [])).toMatchObject({
      day: true,
      watch: false,
      fresh: false,
      once: false,
    })
    expect(readStartOptions('dev', [])).toMatchObject({ day: false, watch: true })
    expect(readStartOptions('dev', ['--day', '--fresh'])).toMatchObject({ day: true, fresh: true })
  })

  test('P-08 a practice folder is looked for from where the person stands, not from the project', () => {
    const before = process.env.INIT_CWD
    process.env.INIT_CWD = '/somewhere/else'
    try {
      expect(readStartOptions('start', ['--practice', 'mine']).practice).toBe('/somewhere/else/mine')
    } finally {
      if (before === undefined) delete process.env.INIT_CWD
      else process.env.INIT_CWD = before
    }
  })

  test.each([
    [['--frsh'], "Unknown option '--frsh'."],
    [['--practice'], "Option '--practice <value>' argument missing."],
    [['--once=yes'], "Option '--once' does not take an argument."],
    [['later'], "Unexpected argument 'later'."],
  ])('P-08 refuses %j and says where help is', (args, text) => {
    const fault = faultOf(() => readStartOptions('start', args))
    expect(fault.exitCode).toBe(EXIT.usage)
    expect(fault.text).toBe(`${text}\n  npm start -- --help shows what there is.`)
  })

  test('P-08 the ports lie together and can be moved together', () => {
    expect(homeFrom({}).ports).toMatchObject({ issuer: 4100, http: { ehr: 4102 }, grpc: { imaging: 4204 } })
    const moved = homeFrom({ PRAXISBUS_PORT_BASE: '25000', PRAXISBUS_HOME: '/tmp/elsewhere' })
    expect(moved).toMatchObject({
      folder: '/tmp/elsewhere',
      ports: { kafka: 25_092, grpc: { scheduler: 25_101 } },
    })
    for (const wrong of ['80', '65500', 'many'])
      expect(faultOf(() => homeFrom({ PRAXISBUS_PORT_BASE: wrong })).text).toContain(
        `PRAXISBUS_PORT_BASE is ${wrong}`,
      )
  })
})
