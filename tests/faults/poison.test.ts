import scenario from './scenarios/poison.ts'
import { testShortForm } from './short-form.ts'

testShortForm(
  'P-02 a poison message parks its key, other keys go on within 2 s, and a retry after the cure converges',
  scenario,
  300_000,
)
