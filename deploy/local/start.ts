/** `npm start`: everything on this machine, and a day at a practice. See docs/running-locally.md. */
import { runVerb } from './run-verb.ts'

await runVerb('start', process.argv.slice(2))
