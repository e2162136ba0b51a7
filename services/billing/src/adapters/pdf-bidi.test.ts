import { expect, test } from '@jest/globals'
import { drawnOrder } from './pdf-bidi.ts'

const shown = (text: string) => drawnOrder(text).replaceAll('\u00a0', '_')

test.each([
  ['Ada Byron', 'Ada Byron'],
  ['Иванов Ελένη', 'Иванов Ελένη'],
  ['אבג דהו', 'אבג_דהו'],
  ['אבג דהו זחט', 'אבג_דהו_זחט'],
  ['אבג 5 דהו זחט', ['_דהו_זחט', ' 5 ', 'אבג'].join('')],
  ['אבג 12', ['12 ', 'אבג'].join('')],
  ['12 אבג', ['_אבג', ' 12'].join('')],
  ['Sara אבג דהו Levi', ['Sara ', '_אבג_דהו', ' Levi'].join('')],
  ['', ''],
])('B-20 %j is drawn in the order of its script', (text, drawn) => {
  expect(shown(text)).toBe(drawn)
})
