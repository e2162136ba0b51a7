import scenario from './scenarios/effect-once.ts'
import { testShortForm } from './short-form.ts'

testShortForm('P-02 facts that come several times, shuffled, leave the same tables', scenario, 300_000)
