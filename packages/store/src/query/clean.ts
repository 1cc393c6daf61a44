/**
 * What sensors send and people type is not trusted: a row that PostgreSQL could not take must not fail the batch it came in.
 * Texts are made storable (no NUL, no lone surrogate, bounded, so that they fit an index entry); what cannot be
 * made right without inventing facts makes the row a rejected one.
 */
export const NAME_LENGTH = 255
export const KEYWORD_LENGTH = 64
export const SENTENCE_LENGTH = 1000

/** Rows older or newer than this against the collector's clock are refused: each day of rows makes tables of its own. */
const OLDEST_US = 400 * 86_400 * 1e6
const NEWEST_US = 86_400 * 1e6

/** Text as it can be stored. */
export function text(value: string, length: number): string {
  const cut = value.length > length ? value.slice(0, length) : value
  return (cut.includes('\0') ? cut.replaceAll('\0', '') : cut).toWellFormed()
}

/** Whether every value is a whole number from 0 to 2^53. */
export function areCounts(...values: number[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && value >= 0)
}

export function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max
}

/** Whether a moment (epoch microseconds) is near enough to when it was received. */
export function isTimely(us: number, receivedUs: number): boolean {
  return Number.isSafeInteger(us) && us >= receivedUs - OLDEST_US && us <= receivedUs + NEWEST_US
}

export function isAddress(octets: Uint8Array): boolean {
  return octets.length === 0 || octets.length === 4 || octets.length === 16
}

/** Octets, or null when there are none. */
export function octets(value: Uint8Array): Uint8Array | null {
  return value.length === 0 ? null : value
}

/** A MAC address, or null when it is not 6 octets. */
export function mac(value: Uint8Array): Uint8Array | null {
  return value.length === 6 ? value : null
}

/** A finite number, or the fallback. */
export function finite<Fallback>(value: number | undefined, fallback: Fallback): number | Fallback {
  return value !== undefined && Number.isFinite(value) ? value : fallback
}

/** Cleans every text inside a JSON value and bounds lists. */
export function json(value: unknown, length: number, items = 1024): unknown {
  if (typeof value === 'string') return text(value, length)
  if (Array.isArray(value)) return value.slice(0, items).map((item) => json(item, length, items))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).slice(0, items)
  return Object.fromEntries(entries.map(([key, item]) => [text(key, KEYWORD_LENGTH), json(item, length, items)]))
}
