export function installIfStale(
  say: (line: string) => void,
): Promise<{ what: string; cure: string } | undefined>
export function staleReason(root: string): string | undefined
