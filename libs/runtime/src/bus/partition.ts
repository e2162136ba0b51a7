/**
 * The partition of a key as every Kafka client chooses it by default (murmur2, seed 0x9747b28c, sign bit dropped). kafkajs
 * reckons the same with a class for 64-bit numbers, which was a tenth of what the relay spent on a row.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

const MULTIPLIER = 0x5bd1e995

function murmur2(data: Uint8Array): number {
  const tail = data.length & ~3
  let hash = 0x9747b28c ^ data.length
  for (let at = 0; at < tail; at += 4) {
    const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24)
    const mixed = Math.imul(word, MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(mixed ^ (mixed >>> 24), MULTIPLIER)
  }
  if (data.length > tail) {
    for (let at = data.length - 1; at >= tail; at--) hash ^= data[at]! << (8 * (at - tail))
    hash = Math.imul(hash, MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}
