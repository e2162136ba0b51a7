import scenario from './scenarios/commit-event.ts'
import { testShortForm } from './short-form.ts'

testShortForm(
  'P-02 what is committed is in the topic and nothing else, in order and with one effect each, over fifty faults',
  scenario,
  600_000,
)
