import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Complaints } from './complaints.ts'

/** The content of a JSON file; undefined where it is missing or no JSON, which is then on the list. */
export function readJson(folder: string, file: string, complaints: Complaints): unknown {
  let text: string
  try {
    text = readFileSync(join(folder, file), 'utf8')
  } catch {
    complaints.add(file, '', 'is missing', `Copy examples/practice/${file} and change it.`)
    return undefined
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    const { message } = error as Error
    complaints.add(
      file,
      placeIn(text, message),
      `is not JSON: ${message.replace(/ in JSON at position.*/, '')}`,
      'Look for a missing comma, quote or bracket there.',
    )
    return undefined
  }
}

/** V8 names a position, or quotes what it met; a person wants the line. */
function placeIn(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return `line ${text.slice(0, Number(position)).split('\n').length}`
  return /end of JSON input/.test(message) ? 'at the end' : ''
}

const SCAN_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.pdf': 'application/pdf',
}

export interface ScanFile {
  readonly path: string
  readonly contentType: string
}

/** The one `scan.*` to import. What is in it is imaging's to judge. */
export function findScan(folder: string, complaints: Complaints): ScanFile | undefined {
  const found = readdirSync(folder).filter((file) => file.startsWith('scan.'))
  const kinds = Object.keys(SCAN_TYPES).join(', ')
  const [file] = found
  if (!file || found.length > 1) {
    const what = file ? `there are several: ${found.join(', ')}` : 'is missing'
    complaints.add('scan.*', '', what, `Put one scan there; its name ends in one of ${kinds}.`)
    return undefined
  }
  const contentType = SCAN_TYPES[extname(file).toLowerCase()]
  if (!contentType) {
    complaints.add(file, '', 'is of a kind that is not imported', `Its name must end in one of ${kinds}.`)
    return undefined
  }
  if (statSync(join(folder, file)).size === 0) {
    complaints.add(file, '', 'is empty', 'Put a scanned page there.')
    return undefined
  }
  return { path: join(folder, file), contentType }
}

/** Kept for the remittance issue: it must be there and be an X12 interchange. */
export function checkRemittance(folder: string, complaints: Complaints): void {
  const file = 'remittance.835'
  const head = Buffer.alloc(3)
  try {
    const handle = openSync(join(folder, file), 'r')
    readSync(handle, head, 0, 3, 0)
    closeSync(handle)
  } catch {
    complaints.add(file, '', 'is missing', `Copy examples/practice/${file}.`)
    return
  }
  if (head.toString('latin1') !== 'ISA')
    complaints.add(file, 'line 1', 'does not begin with ISA', 'It must be an X12 835 as a payer sends it.')
}
