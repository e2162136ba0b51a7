import { page, type Route } from '@praxisbus/runtime'
import { giveFeedback, showFeedbackForm } from '../commands/give-feedback.ts'
import { findLink } from '../feedback/link.ts'
import { AWAY, MISSING } from '../feedback/pages.ts'

const behindLink = { access: 'link', find: findLink, missing: MISSING, away: AWAY } as const

/** S-11: the session bridge. */
export const feedbackRoutes: Route[] = [
  page({
    endpoint: 'GET /feedback/:token',
    summary: 'The form by which a patient says how a session was',
    run: showFeedbackForm,
    ...behindLink,
  }),
  page({
    endpoint: 'POST /feedback/:token',
    summary: 'The patient’s answers, once',
    run: giveFeedback,
    ...behindLink,
  }),
]
