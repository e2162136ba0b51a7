import sameKey from './scenarios/same-key.ts'
import { testShortForm } from './short-form.ts'

testShortForm('P-07 200 keys × 20 requests at once: one effect and one answer each', sameKey, 120_000)
