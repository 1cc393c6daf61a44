import { expect, test } from 'vitest'
import { IMPORT_FILE_NAME, importFileType, plainFileName } from './import-file.ts'

test.each([
  ['office hour (1).pcap', 'office-hour-1-.pcap'],
  ['Büro.csv', 'Buro.csv'],
  ['../../etc/passwd.csv', 'etc-passwd.csv'],
  ['.hidden.csv', 'hidden.csv'],
  ['conn.log.labeled', 'conn.log.labeled'],
])('%s is kept as %s', (name, kept) => {
  expect(plainFileName(name)).toBe(kept)
  expect(kept).toMatch(IMPORT_FILE_NAME)
})

test.each([
  ['a.pcapng', 'capture'],
  ['a.PCAP', 'capture'],
  ['flows.csv.gz', 'compressed-table'],
  ['conn.log', 'table'],
  ['own.json', 'mapping'],
  ['a.exe', undefined],
  ['pcap', undefined],
])('%s is a %s', (name, type) => {
  expect(importFileType(name)).toBe(type)
})
