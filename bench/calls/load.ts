/** Milliseconds of each call, in ascending order: `callers` ask again as soon as they are answered. */
export async function latencies(
  calls: number,
  callers: number,
  call: () => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = []
  let left = calls
  const caller = async () => {
    while (left-- > 0) {
      const began = performance.now()
      await call()
      times.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return times.sort((a, b) => a - b)
}

/** How many calls came to their end per second. */
export async function rate(calls: number, callers: number, call: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await latencies(calls, callers, call)
  return calls / ((performance.now() - began) / 1000)
}
