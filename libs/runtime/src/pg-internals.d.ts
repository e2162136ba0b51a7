/** Of pg itself, which publishes `lib/*` without types: how it writes a value as a parameter. */
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): string | Buffer | null
}
