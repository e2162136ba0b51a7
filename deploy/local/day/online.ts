import type { Practice } from '../practice/folder.ts'
import { type Desk, until } from './desk.ts'
import type { People } from './people.ts'
import type { PlayedVisit, Scene } from './scene.ts'

const PAGE_TIMEOUT_MS = 30_000

/** B-02: the practice is connected to an account at the payment partner. */
export async function connectPartner(desk: Desk, { owner }: People, practice: Practice): Promise<void> {
  const accountId = `acct_${practice.practiceId.replaceAll('-', '')}`
  const { body: partner } = await desk.get(owner, 'billing', '/v1/payment-partner')
  if (partner.accountId !== accountId)
    await desk.put(owner, 'billing', '/v1/payment-partner', { accountId }, partner.version || undefined)
}

/** B-02: the patient opens the link from the email and pays; the partner tells billing, which makes receipt and payment of it. */
export async function payOnline({ desk, people, say }: Scene, played: PlayedVisit): Promise<void> {
  const { appointmentId, patientName } = played
  say(`${patientName} pays online`)
  await until(`the money that ${patientName} pays online`, async () => {
    const { body } = await desk.get(people.biller, 'billing', '/v1/payment-requests')
    const request = body.paymentRequests.find(
      (one: { appointmentId: string }) => one.appointmentId === appointmentId,
    )
    if (request?.state === 'paid') return true
    if (request?.state !== 'open') return false
    // Paid before by a run that was ended: the page says so, and the partner has told billing or will.
    await fetch(request.url, { method: 'POST', signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) }).catch(
      () => undefined,
    )
    return false
  })
}
