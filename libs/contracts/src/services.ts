/** The services of the system: the one list of them. Each has its folder of this name in /services. */
export const SERVICES = ['scheduler', 'ehr', 'billing', 'imaging'] as const

export type ServiceName = (typeof SERVICES)[number]
