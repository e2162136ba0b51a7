import type { status } from '@grpc/grpc-js'
import type { Refusal } from '../refusal.ts'

export type StatusName = keyof typeof status

/** The peer could not be asked; nothing is known. Asking again later is safe. */
export class RpcUnavailable extends Error {
  override readonly name = 'RpcUnavailable'
  readonly code: StatusName
  constructor(method: string, code: StatusName, cause: Error) {
    super(`${method} could not be asked: ${cause.message}`, { cause })
    this.code = code
  }
}

/** The peer understood and said no. */
export class RpcRefused extends Error {
  override readonly name = 'RpcRefused'
  readonly code: StatusName
  readonly refusal: Refusal
  constructor(method: string, code: StatusName, refusal: Refusal) {
    super(`${method} was refused: ${refusal.detail}`)
    this.code = code
    this.refusal = refusal
  }
}
