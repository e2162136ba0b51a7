interface Run {
  dir: string
  stop: () => Promise<void>
}

// jest loads set-up and teardown apart from each other; what they share hangs on the global object.
const shared = globalThis as { praxisbusTestRun?: Run }

export function keepForTeardown(run: Run): void {
  shared.praxisbusTestRun = run
}

export function takeRun(): Run | undefined {
  const run = shared.praxisbusTestRun
  delete shared.praxisbusTestRun
  return run
}
