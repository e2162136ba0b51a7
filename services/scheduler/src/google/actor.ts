/** Who stands in the audit trail where nobody asked. */
export const ACTOR = 'service:scheduler'
