export const ROOT: string
export const CACHE: string
export const NODE: string
/** What a program says of itself (on either stream); undefined where it is not there. */
export function lookUp(command: string, args: readonly string[]): Promise<string | undefined>
