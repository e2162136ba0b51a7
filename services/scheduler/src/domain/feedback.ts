import { z } from 'zod'

/** S-11: what a patient is asked after a session. Each is answered from 0 (not at all) to 10 (completely). */
export const QUESTIONS = {
  relationship: 'I felt heard, understood and respected.',
  goals: 'We worked on what matters to me.',
  approach: 'The way we worked suits me.',
  overall: 'All in all, this visit was right for me.',
} as const

export type Question = keyof typeof QUESTIONS
export const QUESTION_NAMES = Object.keys(QUESTIONS) as Question[]

export const LOWEST = 0
export const HIGHEST = 10
export const MAX_COMMENT = 2_000
/** From when the link was sent. */
export const LINK_DAYS = 14

const rating = z
  .string({ error: 'Please choose a number.' })
  .regex(/^(10|[0-9])$/, 'Please choose a number.')
  .transform(Number)

/** The form as it comes from the page. */
export const feedbackForm = z.object({
  relationship: rating,
  goals: rating,
  approach: rating,
  overall: rating,
  comment: z
    .string()
    .default('')
    .transform((text) => text.replaceAll('\r\n', '\n').trim())
    .refine((text) => text.length <= MAX_COMMENT, `Please write ${MAX_COMMENT} characters at most.`)
    .transform((text) => text || null),
})
export type Feedback = z.infer<typeof feedbackForm>
