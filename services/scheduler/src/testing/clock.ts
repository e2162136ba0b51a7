import type { Route } from '@praxisbus/runtime'

/** Hands of a clock that a test turns; until then they show the real time. */
export interface Clock {
  /** undefined: the real time again. */
  set(instant: Temporal.Instant | string | undefined): void
  now(): Temporal.Instant
}

export function openClock(): Clock {
  let shown: Temporal.Instant | undefined
  return {
    set: (instant) => {
      shown = instant === undefined ? undefined : Temporal.Instant.from(instant)
    },
    now: () => shown ?? Temporal.Now.instant(),
  }
}

/** The same routes, with that clock where a request's own would be. */
export function byClock(routes: readonly Route[], clock: Clock): Route[] {
  return routes.map((route) => ({
    ...route,
    run: (ctx: object, ...rest: unknown[]) =>
      (route.run as (...all: unknown[]) => unknown)({ ...ctx, now: clock.now() }, ...rest),
  })) as unknown as Route[]
}
