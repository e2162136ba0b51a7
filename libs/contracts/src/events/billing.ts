/** Every fact of billing, by what it is about. A new one goes into the file of its kind. */
export * from './billing/bills.ts'
export * from './billing/catalogue.ts'
export * from './billing/documents.ts'
export * from './billing/online.ts'
export * from './billing/payments.ts'
export * from './billing/receipts.ts'
