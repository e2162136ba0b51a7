import { test } from '@jest/globals'
import { findFaketime } from './outage/faketime.ts'
import clock from './scenarios/clock.ts'
import { testShortForm } from './short-form.ts'

const title =
  'P-02 P-07 a clock that jumps an hour and a day: nothing is lost, doubled, stalled or locked out'
if (await findFaketime()) testShortForm(title, clock, 150_000)
else test.skip(`${title} (not checked: libfaketime is not installed; Debian: faketime)`, () => undefined)
