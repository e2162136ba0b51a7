import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { scramVerifier } from './scram.ts'

test('P-04 the verifier is that of the example of RFC 7677', () => {
  const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))
  const [, serverKey] = /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[^:]{44}:(.{44})$/.exec(verifier)!
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0'
  const messages = [
    'n=user,r=rOprNGfwEbeRWgbNEkqO',
    `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`,
    `c=biws,r=${nonce}`,
  ]
  const signature = createHmac('sha256', Buffer.from(serverKey!, 'base64'))
    .update(messages.join())
    .digest('base64')
  expect(signature).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
})

test('P-04 another salt each time', () => {
  expect(scramVerifier('x')).not.toBe(scramVerifier('x'))
})
