/** The last place of ascending numbers that holds at most this one; 0 where none does. */
export function lastAtMost(ascending: readonly number[], most: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (ascending[middle]! <= most) low = middle
    else high = middle - 1
  }
  return low
}
