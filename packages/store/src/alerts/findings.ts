import type { Queryable } from '../database.ts'
import type { FindingRow, NewFinding } from '../types/alerts.ts'
import * as clean from '../query/clean.ts'
import { pageLimit } from '../query/page.ts'
import { Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type { TimeRange } from '../types/common.ts'

/** SQL: columns of a `FindingRow` from findings `f` and sensors `s`. */
export const FINDING_COLUMNS = `f.finding_id AS "findingId", f.sensor_id AS "sensorId",
  coalesce(s.hostname, f.sensor_id::text) AS hostname, f.kind, to_us(f.time) AS "timeUs", to_us(f.start_time) AS "startUs",
  f.interface, f.entity, f.target, f.score, f.summary, f.evidence, f.community_ids AS "communityIds",
  f.technique_id AS "techniqueId", 'A-' || f.alert_id AS "alertId"`

const name = (value: string) => clean.text(value, clean.NAME_LENGTH)

/** Stores a finding that did not come in a batch, of a rule of the collector. */
export async function recordFinding(db: Queryable, finding: NewFinding): Promise<void> {
  await db.query(
    `INSERT INTO findings (time, start_time, sensor_id, finding_id, kind, interface, entity, target, score, summary, evidence,
       community_ids, technique_id)
     VALUES (from_us($1), from_us($2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      finding.timeUs,
      finding.startUs,
      finding.sensorId,
      ...[finding.findingId, finding.kind, finding.interface, finding.entity, finding.target].map(name),
      clean.finite(finding.score, 0),
      clean.text(finding.summary, clean.SENTENCE_LENGTH),
      JSON.stringify(clean.json(finding.evidence, clean.NAME_LENGTH)),
      clean.json(finding.communityIds, clean.KEYWORD_LENGTH),
      name(finding.techniqueId),
    ],
  )
}

/** Findings in a range, latest first. */
export async function listFindings(
  db: Queryable,
  request: TimeRange & { sensorId?: string; limit?: number },
): Promise<FindingRow[]> {
  const where = new Where([toTimestamp(request.from), toTimestamp(request.to)])
  where.when(request.sensorId, (value) => `f.sensor_id::text = ${value}`)
  const { rows } = await db.query<FindingRow>(
    `SELECT ${FINDING_COLUMNS} FROM findings f LEFT JOIN sensors s ON s.id = f.sensor_id
     WHERE f.time >= $1 AND f.time < $2 AND ${where.sql} ORDER BY f.time DESC LIMIT ${where.parameter(pageLimit(request.limit))}`,
    where.values,
  )
  return rows
}
