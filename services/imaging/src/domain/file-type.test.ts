import { describe, expect, test } from '@jest/globals'
import { checkFile, cleanFileName, recognise } from './file-type.ts'

const text = (content: string) => Buffer.from(content, 'latin1')
const PNG = text('\x89PNG\r\n\x1a\n....')

describe('what a file is', () => {
  test.each([
    ['JPEG', text('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['PNG', PNG, 'image/png'],
    ['TIFF, little-endian', text('II*\0'), 'image/tiff'],
    ['TIFF, big-endian', text('MM\0*'), 'image/tiff'],
    ['BigTIFF', text('II+\0'), 'image/tiff'],
    ['PDF', text('%PDF-1.7'), 'application/pdf'],
    ['PDF behind a byte-order mark', text('\xef\xbb\xbf%PDF-1.4'), 'application/pdf'],
    ['PDF behind an empty line', text('\r\n%PDF-1.4'), 'application/pdf'],
    ['PDF behind other bytes', text('GIF89a%PDF-1.4'), undefined],
    ['HTML', text('<!doctype html>'), undefined],
    ['a shortened signature', text('\xff\xd8'), undefined],
  ])('I-04 knows %s by its first bytes', (_, file, type) => {
    expect(recognise(file)).toBe(type)
  })

  test.each([
    ['nothing', Buffer.alloc(0), {}, { refused: 'empty_file' }],
    ['no body', undefined, {}, { refused: 'empty_file' }],
    [
      'another Content-Type',
      PNG,
      { contentType: 'application/pdf' },
      { refused: 'disguised_file', field: 'Content-Type' },
    ],
    ['another ending', PNG, { fileName: 'eob.PDF' }, { refused: 'disguised_file', field: 'fileName' }],
    [
      'none of the four',
      text('GIF89a'),
      { fileName: 'a.png' },
      { refused: 'disguised_file', field: 'fileName' },
    ],
    ['none of the four, unnamed', text('MZ'), {}, { refused: 'disguised_file', field: 'body' }],
  ])('I-04 refuses %s', (_, file, declared, refusal) => {
    expect(checkFile(file, declared)).toMatchObject(refusal)
  })

  test('I-04 takes a file that is what it says, and one whose name says nothing', () => {
    expect(checkFile(PNG, { contentType: 'image/png; charset=binary', fileName: 'card.PNG' })).toBe(
      'image/png',
    )
    expect(checkFile(PNG, { fileName: 'scan of 12.03.2026' })).toBe('image/png')
  })

  test.each([
    ['C:\\scans\\eob.pdf', 'eob.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['a\u202Efdp.exe\r\n', 'afdp.exe'],
    ['Überweisung 1.pdf', 'Überweisung 1.pdf'],
    ['folder/', null],
    [undefined, null],
  ])('I-04 keeps of the name %j only %j', (name, kept) => {
    expect(cleanFileName(name)).toBe(kept)
  })
})
