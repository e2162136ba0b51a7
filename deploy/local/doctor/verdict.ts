/** What one look found: `bad` keeps Praxisbus from running, `warn` may become trouble. */
export interface Verdict {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly detail: string
  readonly cure?: string
}

export const ok = (name: string, detail: string): Verdict => ({ name, state: 'ok', detail })
export const warn = (name: string, detail: string, cure: string): Verdict => ({
  name,
  state: 'warn',
  detail,
  cure,
})
export const bad = (name: string, detail: string, cure: string): Verdict => ({
  name,
  state: 'bad',
  detail,
  cure,
})
