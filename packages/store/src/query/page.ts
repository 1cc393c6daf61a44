import { InvalidFilterError } from '../errors.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** How many rows of a page, within bounds. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined || !Number.isFinite(limit)) return DEFAULT_LIMIT
  return Math.min(MAX_LIMIT, Math.max(1, Math.trunc(limit)))
}

/** The place after a row: the sort it belongs to, the row's value in that sort, its id. */
export interface Keyset {
  sort: string
  value: number
  id: number
}

export function encodeCursor({ sort, value, id }: Keyset): string {
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

/** Reads a cursor of that sort. Throws `InvalidFilterError` for any other text. */
export function decodeCursor(cursor: string, sort: string): Keyset {
  const keyset = parseCursor(cursor)
  if (keyset?.sort === sort) return keyset
  throw new InvalidFilterError(`cursor: expected one made by this list sorted by ${sort}, found ${cursor.slice(0, 40)}`)
}

function parseCursor(cursor: string): Keyset | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(parsed)) return undefined
    const [sort, value, id] = parsed as unknown[]
    if (typeof sort !== 'string' || typeof value !== 'number' || typeof id !== 'number') return undefined
    return { sort, value, id }
  } catch {
    return undefined
  }
}

/** Cuts one row too many into a page: `rows` were asked for with limit + 1. */
export function cutPage<Row>(
  rows: Row[],
  limit: number,
  keyset: (row: Row) => Keyset,
): { rows: Row[]; nextCursor?: string } {
  if (rows.length <= limit) return { rows }
  const page = rows.slice(0, limit)
  return { rows: page, nextCursor: encodeCursor(keyset(page[limit - 1])) }
}
