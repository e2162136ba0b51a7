/** Native ESM TypeScript: Node strips types at run time, swc does it for jest. Two workers: the machine has Kafka and PostgreSQL beside them. */
export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'esnext' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.praxisbus/'],
  modulePathIgnorePatterns: ['/\\.praxisbus/'],
  watchman: false,
  globalSetup: './libs/testing/src/jest/setup.ts',
  globalTeardown: './libs/testing/src/jest/teardown.ts',
  testSequencer: './libs/testing/src/jest/longest-first.ts',
  reporters: ['default', './libs/testing/src/jest/summary-reporter.ts'],
  testTimeout: 30_000,
  maxWorkers: 2,
}
