/**
 * A moment as callers give it: a `Date`, epoch milliseconds, or ISO 8601 text.
 * Rows give moments back as epoch milliseconds (`lastSeen`, `createdAt`) or, where the packet clock counts,
 * as epoch microseconds with the unit in the name (`startUs`).
 */
export type TimeInput = Date | number | string

/** A half-open span of time, `from` included, `to` excluded. */
export interface TimeRange {
  from: TimeInput
  to: TimeInput
}

/** One page of a keyset-paged list. `nextCursor` is absent on the last page; it is opaque and safe in a URL. */
export interface Page<Row> {
  rows: Row[]
  nextCursor?: string
}

/** Which page of a list. `limit` is clamped to 1..1000, 100 when absent. */
export interface PageRequest {
  cursor?: string
  limit?: number
}

/** A column of a chart: one value a bucket, null where there is no data (no data is not zero). */
export type SeriesColumn = (number | null)[]

/** Labels of a sensor, e.g. `{ env: 'prod' }`. */
export type Labels = Record<string, string>

/** A change somebody made. `actor` is an e-mail address, `system`, or `sensor:<id>`. */
export interface AuditEntry {
  actor: string
  /** Dotted verb, e.g. `alert.close`, `token.create`. */
  action: string
  /** What it was done to, e.g. `A-12`, a sensor id. */
  subject: string
  detail?: Record<string, unknown>
}

export interface AuditRow extends Required<AuditEntry> {
  id: number
  /** Epoch milliseconds. */
  time: number
}
