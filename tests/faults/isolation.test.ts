import isolation from './scenarios/isolation.ts'
import { testShortForm } from './short-form.ts'

testShortForm(
  'P-06 every route and method, asked by another practice, shows and changes nothing',
  isolation,
  300_000,
)
