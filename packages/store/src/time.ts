import { InvalidFilterError } from './errors.ts'
import type { TimeInput } from './types/common.ts'

/** Epoch milliseconds of a moment as callers give it. Throws `InvalidFilterError` on what is no moment. */
export function toEpochMs(input: TimeInput): number {
  const ms = input instanceof Date ? input.getTime() : typeof input === 'string' ? Date.parse(input) : input
  // The range of ECMAScript dates; PostgreSQL's is wider.
  if (Number.isFinite(ms) && Math.abs(ms) <= 8.64e15) return ms
  throw new InvalidFilterError(
    `expected a moment (date, epoch milliseconds or ISO 8601), found ${String(input).slice(0, 40)}`,
  )
}

/** Epoch microseconds of a moment. */
export function toEpochUs(input: TimeInput): number {
  return Math.round(toEpochMs(input) * 1000)
}

/** A moment as a query parameter of type timestamptz. */
export function toTimestamp(input: TimeInput): string {
  return new Date(toEpochMs(input)).toISOString()
}
