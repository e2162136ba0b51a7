import { stripVTControlCharacters, styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** Words for a person. With `--json` they go to stderr, so that stdout holds the document and nothing else. */
export interface Terminal {
  line(text?: string): void
  /** Colours only where a person looks on, and never with NO_COLOR. */
  style(style: Style, text: string): string
  /** What is being done now: one changing line on a terminal, nothing in a file. */
  busy(text: string | undefined): void
  readonly columns: number
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 100
const CLEAR_LINE = '\r\u001b[2K'

export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  const live = stream.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI
  // `npm start | head`: whoever read is gone, the run goes on.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  let busyText: string | undefined
  let begun = 0
  let frame = 0
  let timer: NodeJS.Timeout | undefined
  const style: Terminal['style'] = (name, text) => styleText(name, text, { stream })
  const draw = () => {
    const seconds = Math.floor((performance.now() - begun) / 1000)
    const sign = FRAMES[frame++ % FRAMES.length]
    const text = `${sign} ${busyText}${seconds > 1 ? ` ${seconds} s` : ''}`
    stream.write(`${CLEAR_LINE}${text.slice(0, (stream.columns ?? 80) - 1)}`)
  }
  return {
    style,
    columns: stream.columns ?? 100,
    line: (text = '') => {
      stream.write(busyText === undefined ? `${text}\n` : `${CLEAR_LINE}${text}\n`)
      if (busyText !== undefined) draw()
    },
    busy: (text) => {
      if (!live) return
      if (busyText !== undefined && text === undefined) stream.write(CLEAR_LINE)
      if (text !== busyText) begun = performance.now()
      busyText = text
      clearInterval(timer)
      if (text === undefined) return
      timer = setInterval(draw, FRAME_MS).unref()
      draw()
    },
  }
}

/** The width that text takes on a terminal, colours not counted. */
export const width = (text: string) => stripVTControlCharacters(text).length

export const padded = (text: string, columns: number) => text + ' '.repeat(Math.max(0, columns - width(text)))

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
