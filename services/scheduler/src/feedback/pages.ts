import type { Page } from '@praxisbus/runtime'
import { HIGHEST, LOWEST, MAX_COMMENT, QUESTION_NAMES, QUESTIONS, type Question } from '../domain/feedback.ts'

const STYLE = `body{font:1.125rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
fieldset{margin:0 0 1.5rem;border:1px solid #767676;border-radius:.5rem;padding:1rem}legend{font-weight:600}legend span{display:block;font-weight:400}
.scale{display:flex;flex-wrap:wrap;gap:.25rem 1rem}.scale label{padding:.5rem;white-space:nowrap}textarea{display:block;width:100%;box-sizing:border-box;font:inherit}
.error,[role=alert]{color:#a40000;font-weight:600}button{font:inherit;padding:.75rem 2rem}`

export interface Visit {
  readonly practiceName: string
  /** On the wall of its zone, `YYYY-MM-DDTHH:MM`. */
  readonly start: string
}

export type Fields = Readonly<Record<string, string>>

/** Names the practice and the day, so that the patient knows what is meant, and nobody else learns more. */
export function formPage(
  visit: Visit,
  fields: Fields = {},
  errors: ReadonlyMap<string, string> = new Map(),
): Page {
  const day = Temporal.PlainDateTime.from(visit.start).toLocaleString('en-US', {
    month: 'long',
    day: 'numeric',
    year: 'numeric',
  })
  const wrong =
    errors.size === 0 ? '' : `<div role="alert"><p>Something is missing. Nothing was sent yet.</p></div>`
  const body = `<h1>How was your visit?</h1>
<p>Your visit at ${escaped(visit.practiceName)} on ${escaped(day)}. Your answers go to the practice.</p>
${wrong}
<form method="post">
${QUESTION_NAMES.map((name) => question(name, fields[name], errors.get(name))).join('\n')}
<p><label for="comment">Anything else you would like to say (optional)</label>
<textarea id="comment" name="comment" rows="5" maxlength="${MAX_COMMENT}"${describedBy('comment', errors)}>${escaped(fields.comment ?? '')}</textarea></p>
${errorText('comment', errors.get('comment'))}
<p><button type="submit">Send</button></p>
</form>`
  return { status: errors.size === 0 ? 200 : 400, html: shell('How was your visit?', body) }
}

function question(name: Question, chosen: string | undefined, error: string | undefined): string {
  const numbers = Array.from({ length: HIGHEST - LOWEST + 1 }, (_, index) => String(LOWEST + index))
  const choices = numbers
    .map((value) => {
      const checked = value === chosen ? ' checked' : ''
      return `<label><input type="radio" name="${name}" value="${value}" required${checked}> ${value}</label>`
    })
    .join('\n')
  return `<fieldset${error ? ` aria-describedby="${name}-error"` : ''}>
<legend>${escaped(QUESTIONS[name])} <span>${LOWEST}: not at all, ${HIGHEST}: completely</span></legend>
${errorText(name, error)}<div class="scale">${choices}</div>
</fieldset>`
}

const describedBy = (name: string, errors: ReadonlyMap<string, string>) =>
  errors.has(name) ? ` aria-invalid="true" aria-describedby="${name}-error"` : ''
const errorText = (name: string, error: string | undefined) =>
  error ? `<p class="error" id="${name}-error">${escaped(error)}</p>\n` : ''

const said = (status: number, title: string, text: string): Page => ({
  status,
  html: shell(title, `<h1>${title}</h1>\n<p>${text}</p>`),
})

export const THANKS = said(200, 'Thank you', 'Your answers have been sent to the practice.')
export const BEFORE = said(200, 'Thank you', 'Your answers came before, and the practice has them.')
export const EXPIRED = said(410, 'This link has expired', 'Please speak to the practice.')
export const MISSING = said(404, 'There is nothing here', 'Please open the link as it stands in the message.')
export const AWAY = said(503, 'This cannot be shown just now', 'Please try again in a few minutes.')

function shell(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main>
${body}
</main></body>
</html>
`
}

function escaped(text: string): string {
  const signs: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replaceAll(/[&<>"']/g, (sign) => signs[sign]!)
}
