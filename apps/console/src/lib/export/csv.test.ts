import { expect, test } from 'vitest'
import { csvCell, csvLine } from './csv.ts'

test('quotes cells that hold a separator, a quote or a line end', () => {
  expect(csvCell('plain')).toBe('plain')
  expect(csvCell('a,b')).toBe('"a,b"')
  expect(csvCell('say "hi"')).toBe('"say ""hi"""')
  expect(csvCell('two\nlines')).toBe('"two\nlines"')
})

test('disarms text a spreadsheet would run as a formula', () => {
  expect(csvCell('=HYPERLINK("http://x","y")')).toBe(`"'=HYPERLINK(""http://x"",""y"")"`)
  expect(csvCell('+1')).toBe("'+1")
  expect(csvCell('-2+3')).toBe("'-2+3")
  expect(csvCell('@SUM(A1)')).toBe("'@SUM(A1)")
  expect(csvCell('\t=1')).toBe("'\t=1")
  expect(csvCell('\r=1')).toBe(`"'\r=1"`)
})

test('leaves numbers alone and absent values empty', () => {
  expect(csvLine([-3, 0, 0.25, null, undefined, true, Number.NaN])).toBe('-3,0,0.25,,,true,\r\n')
})
