import type { Reaction } from '@praxisbus/runtime'
import { onLocationChanged } from './reactions/on-location-changed.ts'
import { onPayerChanged } from './reactions/on-payer-changed.ts'
import { onPracticeChanged } from './reactions/on-practice-changed.ts'

/** Table of contents: topic -> reaction. */
export const reactions: readonly Reaction[] = [onPracticeChanged, onLocationChanged, onPayerChanged]
