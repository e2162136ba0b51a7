import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { testGround } from '../test-ground.ts'
import { ownKafka, ownPostgres, ownRedis } from './own.ts'
import { freePort } from './ports.ts'

describe('servers that the environment names', () => {
  test('are taken as they are where they answer', async () => {
    const { postgres, kafka, redis } = testGround()
    expect(await ownPostgres(postgres.adminUrl)).toBe(postgres.adminUrl)
    expect(await ownKafka(`127.0.0.1:1,${kafka.brokers}`)).toBe(`127.0.0.1:1,${kafka.brokers}`)
    expect(await ownRedis(redis.url)).toBe(redis.url)
  })

  test('are named with their setting where nobody answers', async () => {
    const port = await freePort()
    await expect(ownPostgres(`postgres://a:b@127.0.0.1:${port}/x`)).rejects.toThrow(
      /PostgreSQL at 127.0.0.1:\d+ \(DATABASE_ADMIN_URL or DATABASE_URL_<SERVICE>\).*ECONNREFUSED/,
    )
    await expect(ownKafka(`127.0.0.1:${port}`)).rejects.toThrow(/No Kafka answers at .* \(KAFKA_BROKERS\)/)
    await expect(ownRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(
      /No Redis answers at .* \(REDIS_URL\)/,
    )
  })

  test('are not mistaken for another program on that port', async () => {
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    )
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(ownKafka(`127.0.0.1:${port}`)).rejects.toThrow(/No Kafka answers/)
    await expect(ownRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(/No Redis answers/)
    other.close()
  })

  test('have an address, which is shown where it is none', async () => {
    await expect(ownPostgres('nonsense')).rejects.toThrow(/begins with postgres:\/\//)
    await expect(ownKafka('nonsense')).rejects.toThrow(/not host:port/)
    await expect(ownRedis('127.0.0.1:6379')).rejects.toThrow(/begins with redis:\/\//)
  })
})
