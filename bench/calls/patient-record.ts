/** As the front desk would send it. */
export const PATIENT = {
  name: 'Ada Example',
  birthDate: '1980-02-29',
  email: 'ada@example.org',
  phone: '+49 30 5550100',
  addressLines: ['1 Example Street', '10115 Berlin'],
  reminderConsents: { email: true, phone: false, text: true },
}
