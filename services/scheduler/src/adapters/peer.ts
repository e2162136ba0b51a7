import { type Refusal, RpcRefused, refuse } from '@praxisbus/runtime'

/**
 * What another service refused becomes a refusal of ours, with its own words. A service that cannot be asked at all is a
 * fault (RpcUnavailable): the caller hears 503, and nothing is changed.
 */
export async function orPeerRefused<Answer>(
  peer: 'Billing' | 'The EHR',
  asking: Promise<Answer>,
): Promise<Answer | Refusal<'peer_refused'>> {
  try {
    return await asking
  } catch (error) {
    if (!(error instanceof RpcRefused)) throw error
    return refuse('peer_refused', {
      detail: `${peer} had to be asked and refused: ${error.refusal.detail}`,
      next: error.refusal.next,
    })
  }
}
