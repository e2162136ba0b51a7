import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'

const KEY_BYTES = 32

/** Keys as a setting carries them: base64 of 32 bytes each, with commas; the first seals, all of them open. */
export const sealingKeys = z
  .string()
  .transform((text) => text.split(',').map((key) => Buffer.from(key.trim(), 'base64')))
  .refine(
    (keys) => keys.every((key) => key.length === KEY_BYTES),
    '32 random bytes in base64, several with commas',
  )

/** Keeps secrets of others, such as a token, in a table whose readers do not have the key. */
export interface Seal {
  /** `belongsTo` names the row: sealed for one, it does not open for another. */
  seal(secret: string, belongsTo: string): string
  /** Throws where the key is another, or the text or its row was changed. */
  open(sealed: string, belongsTo: string): string
}

/** AES-256-GCM: `1.<key>.<nonce>.<tag>.<text>`, all base64url; <key> tells which of several it was. */
export function openSeal(keys: readonly Buffer[]): Seal {
  const known = new Map(keys.map((key) => [nameOf(key), key]))
  return {
    seal: (secret, belongsTo) => {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keys[0]!, nonce).setAAD(Buffer.from(belongsTo))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      const parts = [nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))
      return ['1', nameOf(keys[0]!), ...parts].join('.')
    },
    open: (sealed, belongsTo) => {
      const [version, name, ...parts] = sealed.split('.')
      const key = known.get(name ?? '')
      if (version !== '1' || !key || parts.length !== 3)
        throw new SealBroken('sealed with a key that is not set')
      const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url')) as [
        Buffer,
        Buffer,
        Buffer,
      ]
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
        decipher.setAAD(Buffer.from(belongsTo)).setAuthTag(tag)
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
      } catch {
        throw new SealBroken('was changed, or belongs to another record')
      }
    },
  }
}

export class SealBroken extends Error {}

const nameOf = (key: Buffer) => createHash('sha256').update(key).digest('base64url').slice(0, 8)
