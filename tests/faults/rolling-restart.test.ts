import rollingRestart from './scenarios/rolling-restart.ts'
import { testShortForm } from './short-form.ts'

testShortForm('P-04 SIGTERM under load: every service restarts, no request fails', rollingRestart, 180_000)
