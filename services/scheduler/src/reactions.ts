import type { Reaction } from '@praxisbus/runtime'
import { onCheckoutInstructionsChanged } from './reactions/on-checkout-instructions-changed.ts'
import { onReceiptRecorded } from './reactions/on-receipt-recorded.ts'
import { onServiceChanged } from './reactions/on-service-changed.ts'

/** Facts of other services, and what happens here when they come. */
export const reactions: Reaction[] = [onServiceChanged, onReceiptRecorded, onCheckoutInstructionsChanged]
