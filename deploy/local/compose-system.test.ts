import { expect, test } from '@jest/globals'
import { portsOf, readContainers } from './compose-system.ts'

const container = (Service: string, State: string, ...ports: [target: number, published: number][]) => ({
  Service,
  State,
  Publishers: ports.map(([TargetPort, PublishedPort]) => ({ TargetPort, PublishedPort, Protocol: 'tcp' })),
})
const listed = [
  container('scheduler', 'running', [8080, 4311], [9090, 4411]),
  container('scheduler', 'running', [8080, 4312], [9090, 4412]),
  container('scheduler', 'exited', [8080, 0]),
  container('trial', 'running', [4100, 4300], [4125, 0]),
  { Service: 'migrate', State: 'exited', Publishers: null },
]

test('containers are read from one document each, and from one array of all as older versions print it', () => {
  const lines = listed.map((each) => JSON.stringify(each)).join('\n')
  expect(readContainers(`${lines}\n`)).toEqual(readContainers(JSON.stringify(listed)))
  expect(readContainers('')).toEqual([])
})

test('ports are those of the replicas that run, and only what is open on this host', () => {
  const running = readContainers(JSON.stringify(listed))
  expect(portsOf(running, 'scheduler', 8080)).toEqual([4311, 4312])
  expect(portsOf(running, 'scheduler', 9090)).toEqual([4411, 4412])
  expect(portsOf(running, 'trial', 4125)).toEqual([])
  expect(portsOf(running, 'migrate', 8080)).toEqual([])
})
