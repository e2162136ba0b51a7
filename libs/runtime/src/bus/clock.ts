import { setInterval as every } from 'node:timers/promises'

const LOOK_MS = 500
/** Clocks that are kept right are moved by less. */
const TOLERANCE_MS = 2_000

/**
 * Resolves when the wall clock was set back, or at the signal. kafkajs notes by that clock when it last sent a heartbeat, and
 * sends the next when the clock has passed there again. Until then only offsets that are committed keep its member in the
 * group: where nothing came for 10 s it is put out, and the next facts wait for the group to be dealt anew.
 */
export async function setBack(signal: AbortSignal): Promise<void> {
  const ahead = () => Date.now() - performance.now()
  let last = ahead()
  try {
    for await (const _ of every(LOOK_MS, undefined, { signal })) {
      const now = ahead()
      if (now < last - TOLERANCE_MS) return
      last = now
    }
  } catch {
    // stopped
  }
}
