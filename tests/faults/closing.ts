/** What was opened one after another, to be closed in the opposite order. */
export type Closing = (() => Promise<unknown>)[]

/** Ends what `open` had opened, also where it fails on the way. */
export async function withClose<Parts>(
  open: (closing: Closing) => Promise<Parts>,
): Promise<Parts & { close(): Promise<void> }> {
  const closing: Closing = []
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    return { ...(await open(closing)), close }
  } catch (error) {
    await close()
    throw error
  }
}
