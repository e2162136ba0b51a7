/** `npm run dev`: like `npm start` without a day; a service restarts when its source changes. */
import { runVerb } from './run-verb.ts'

await runVerb('dev', process.argv.slice(2))
