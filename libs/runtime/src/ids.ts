import { v7 } from 'uuid'

const POOL_BYTES = 16 * 256
const pool = new Uint8Array(POOL_BYTES)
let drawn = POOL_BYTES
let lastMs = 0
let sequence = 0

/**
 * UUIDv7 (RFC 9562): ordered by time, and within a millisecond by a counter, so that indexes grow at one end. Random bytes are asked for
 * 256 ids at a time: asking for each took longer than all the rest of it.
 */
export function newId(): string {
  if (drawn === POOL_BYTES) {
    crypto.getRandomValues(pool)
    drawn = 0
  }
  const random = pool.subarray(drawn, drawn + 16)
  drawn += 16
  const now = Date.now()
  if (now > lastMs) {
    lastMs = now
    // 31 bits: room to count up.
    sequence = ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!
  } else {
    sequence = (sequence + 1) | 0
    if (sequence === 0) lastMs++
  }
  return v7({ random, msecs: lastMs, seq: sequence })
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}
