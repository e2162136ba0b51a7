import { type DestinationStream, type Logger, pino } from 'pino'
import { currentTrace } from './trace.ts'

export type Log = Logger

/** JSON lines. Never log a request's body, a patient's name or a secret: the redaction below is the second net, not the first. */
export function openLog(service: string, level: string, destination?: DestinationStream): Log {
  const options = {
    base: { service },
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => ({ traceId: currentTrace().traceId }),
    redact: {
      paths: [
        '*.authorization',
        '*.password',
        '*.token',
        '*.name',
        '*.email',
        '*.phone',
        '*.birthDate',
        // Of a statement that PostgreSQL refused: the row, with all its values.
        '*.detail',
        '*.aggregateErrors[*].detail',
        'authorization',
        'password',
        'token',
      ],
      censor: '[redacted]',
    },
  }
  return destination ? pino(options, destination) : pino(options)
}
