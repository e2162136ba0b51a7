import slowConsumer from './scenarios/slow-consumer.ts'
import { testShortForm } from './short-form.ts'

testShortForm(
  'P-02 a slow consumer holds up its partition only, and nothing has two effects',
  slowConsumer,
  180_000,
)
