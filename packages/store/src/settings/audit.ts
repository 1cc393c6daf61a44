import type { Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { cutPage, decodeCursor, pageLimit } from '../query/page.ts'
import { Where } from '../query/where.ts'
import type { AuditEntry, AuditRow, Page, PageRequest } from '../types/common.ts'

/** Writes down who did what. */
export async function recordAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query('INSERT INTO audit (actor, action, subject, detail) VALUES ($1, $2, $3, $4)', [
    clean.text(entry.actor, clean.NAME_LENGTH),
    clean.text(entry.action, clean.KEYWORD_LENGTH),
    clean.text(entry.subject, clean.NAME_LENGTH),
    JSON.stringify(clean.json(entry.detail ?? {}, 2000)),
  ])
}

export interface AuditFilter {
  actor?: string
  action?: string
  subject?: string
}

/** Who did what, newest first. */
export async function listAudit(
  db: Queryable,
  filter: AuditFilter = {},
  page: PageRequest = {},
): Promise<Page<AuditRow>> {
  const limit = pageLimit(page.limit)
  const where = new Where()
  where.when(filter.actor, (value) => `actor = ${value}`)
  where.when(filter.action, (value) => `action = ${value}`)
  where.when(filter.subject, (value) => `subject = ${value}`)
  if (page.cursor) where.add(`id < ${where.parameter(decodeCursor(page.cursor, 'time').id)}`)
  const { rows } = await db.query<AuditRow>(
    `SELECT id, time, actor, action, subject, detail FROM audit
     WHERE ${where.sql} ORDER BY id DESC LIMIT ${where.parameter(limit + 1)}`,
    where.values,
  )
  return cutPage(rows, limit, (row) => ({ sort: 'time', value: row.time, id: row.id }))
}
