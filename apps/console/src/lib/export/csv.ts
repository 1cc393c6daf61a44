/** A value of one CSV cell; absent becomes an empty cell. */
export type Cell = string | number | boolean | null | undefined

/**
 * Characters that make a spreadsheet read a text cell as a formula (OWASP, CSV injection). Host names, user agents and
 * alert titles come off the wire, so any text cell may be hostile.
 */
const FORMULA_START = /^[=+\-@\t\r\n]/

/**
 * One cell as RFC 4180 wants it. Numbers pass untouched, so that a negative number stays one; a text that a
 * spreadsheet would run is disarmed by a leading apostrophe.
 */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return String(value)
  const text = FORMULA_START.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** One record with its line end (RFC 4180: CRLF). */
export const csvLine = (cells: readonly Cell[]): string => cells.map(csvCell).join(',') + '\r\n'
