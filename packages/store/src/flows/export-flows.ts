import type { Queryable } from '../database.ts'
import type { FlowFilter, FlowRow } from '../types/flows.ts'
import { listFlows } from './list-flows.ts'

const ROWS_A_PAGE = 1000

/**
 * All flows of a filter, latest first, in arrays of at most 1,000 rows. Each page is a query of its own, so a slow reader
 * holds no transaction open; flows that arrive meanwhile are left out, being later than the first page.
 */
export async function* exportFlows(db: Queryable, filter: FlowFilter): AsyncGenerator<FlowRow[], void> {
  let cursor: string | undefined
  do {
    const page = await listFlows(db, filter, { cursor, limit: ROWS_A_PAGE, sort: 'end' })
    if (page.rows.length > 0) yield page.rows
    cursor = page.nextCursor
  } while (cursor)
}
