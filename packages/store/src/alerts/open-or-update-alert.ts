import type { Database, Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toTimestamp } from '../time.ts'
import type { AlertCloseReason, AlertEvidence, AlertOutcome, AlertRow } from '../types/alerts.ts'
import { ALERT_COLUMNS } from './alert-columns.ts'

/** After an alert was closed as expected or false-positive, the same evidence does not raise another for so long. */
const MUTE_HOURS = 24
const MAX_COMMUNITY_IDS = 50
const MUTING: AlertCloseReason[] = ['expected', 'false-positive']

/**
 * Counts evidence on the alert of its rule and entity. There is at most one that is not closed; without it a new one
 * opens, unless the evidence is older than the closing of the last one (late records do not raise what a person has
 * dealt with) or the last one was closed as expected or false-positive less than 24 h before.
 */
export function openOrUpdateAlert(db: Database, evidence: AlertEvidence): Promise<AlertOutcome> {
  return db.transaction((tx) => countEvidence(tx, evidence))
}

/** As `openOrUpdateAlert`, inside a transaction of the caller. */
export async function countEvidence(tx: Queryable, given: AlertEvidence): Promise<AlertOutcome> {
  const evidence = storable(given)
  // Two hosts may bring the first evidence at once; the second waits here and finds the alert.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7043212))', [`${evidence.rule} ${evidence.entity}`])
  const target = await findTarget(tx, evidence)
  const alert = target ? await addTo(tx, target.id, evidence) : await open(tx, evidence)
  if (evidence.findingId !== undefined) {
    await tx.query(
      "UPDATE findings SET alert_id = $1 WHERE sensor_id = $2 AND finding_id = $3 AND time >= $4::timestamptz - interval '1 day'",
      [Number(alert.id.slice(2)), evidence.sensorId, evidence.findingId, toTimestamp(evidence.lastSeen)],
    )
  }
  return { outcome: target?.outcome ?? 'opened', alert }
}

/** Evidence comes from sensors: its texts and numbers are made fit for the database as those of a batch are. */
function storable(given: AlertEvidence): AlertEvidence {
  return {
    ...given,
    rule: clean.text(given.rule, clean.KEYWORD_LENGTH),
    entity: clean.text(given.entity, clean.NAME_LENGTH),
    title: clean.text(given.title, clean.SENTENCE_LENGTH),
    interface: clean.text(given.interface ?? '', clean.NAME_LENGTH),
    score: clean.finite(given.score, 0),
    evidence: clean.json(given.evidence ?? {}, clean.SENTENCE_LENGTH) as Record<string, unknown>,
    communityIds: clean.json(given.communityIds ?? [], clean.KEYWORD_LENGTH, MAX_COMMUNITY_IDS) as string[],
    techniqueId: clean.text(given.techniqueId ?? '', clean.KEYWORD_LENGTH),
    findingId: given.findingId === undefined ? undefined : clean.text(given.findingId, clean.NAME_LENGTH),
  }
}

interface Target {
  id: number
  outcome: 'updated' | 'muted' | 'stale'
}

async function findTarget(tx: Queryable, { rule, entity, lastSeen }: AlertEvidence): Promise<Target | undefined> {
  const { rows } = await tx.query<{ id: number; state: string; stale: boolean; muted: boolean }>(
    `SELECT id, state, $3::timestamptz <= closed_at AS stale,
       close_reason = ANY ($4::text[]) AND $3::timestamptz <= closed_at + interval '${MUTE_HOURS} hours' AS muted
     FROM alerts WHERE rule = $1 AND entity = $2 ORDER BY (state = 'closed'), closed_at DESC LIMIT 1`,
    [rule, entity, toTimestamp(lastSeen), MUTING],
  )
  if (rows.length === 0) return undefined
  const [{ id, state, stale, muted }] = rows
  if (state !== 'closed') return { id, outcome: 'updated' }
  if (stale) return { id, outcome: 'stale' }
  return muted ? { id, outcome: 'muted' } : undefined
}

/** Severity only rises: later, weaker evidence does not make an alert smaller than what was seen. */
async function addTo(tx: Queryable, id: number, evidence: AlertEvidence): Promise<AlertRow> {
  const { rows } = await tx.query<AlertRow>(
    `UPDATE alerts a SET count = count + 1, score = greatest(score, $2::real),
       first_seen = least(first_seen, $3::timestamptz),
       title = CASE WHEN $4::timestamptz >= last_seen THEN $5 ELSE title END,
       evidence = CASE WHEN $4::timestamptz >= last_seen THEN $6::jsonb ELSE evidence END,
       interface = CASE WHEN $4::timestamptz >= last_seen THEN $7 ELSE interface END,
       last_seen = greatest(last_seen, $4::timestamptz),
       severity = CASE WHEN array_position(ARRAY['critical','high','medium','low','info'], $8::text)
                         < array_position(ARRAY['critical','high','medium','low','info'], severity) THEN $8 ELSE severity END,
       sensor_ids = CASE WHEN $9::uuid = ANY (sensor_ids) THEN sensor_ids ELSE sensor_ids || $9::uuid END,
       community_ids = (SELECT coalesce(array_agg(kept.id ORDER BY kept.place), '{}') FROM (
           SELECT DISTINCT ON (held.id) held.id, held.place FROM unnest($10::text[] || community_ids) WITH ORDINALITY AS held(id, place)
           ORDER BY held.id, held.place) AS kept WHERE kept.place <= ${MAX_COMMUNITY_IDS}),
       technique_id = CASE WHEN technique_id = '' THEN $11 ELSE technique_id END,
       updated_at = now()
     WHERE id = $1 RETURNING ${ALERT_COLUMNS}`,
    [
      id,
      evidence.score,
      toTimestamp(evidence.firstSeen ?? evidence.lastSeen),
      toTimestamp(evidence.lastSeen),
      evidence.title,
      JSON.stringify(evidence.evidence),
      evidence.interface,
      evidence.severity,
      evidence.sensorId,
      evidence.communityIds,
      evidence.techniqueId,
    ],
  )
  return rows[0]
}

async function open(tx: Queryable, evidence: AlertEvidence): Promise<AlertRow> {
  const { rows } = await tx.query<AlertRow>(
    `INSERT INTO alerts AS a (rule, severity, title, entity, sensor_ids, interface, count, score, state, first_seen, last_seen,
       evidence, community_ids, technique_id)
     VALUES ($1, $2, $3, $4, ARRAY[$5::uuid], $6, 1, $7, 'open', $8, $9, $10, $11, $12) RETURNING ${ALERT_COLUMNS}`,
    [
      evidence.rule,
      evidence.severity,
      evidence.title,
      evidence.entity,
      evidence.sensorId,
      evidence.interface,
      evidence.score,
      toTimestamp(evidence.firstSeen ?? evidence.lastSeen),
      toTimestamp(evidence.lastSeen),
      JSON.stringify(evidence.evidence),
      evidence.communityIds,
      evidence.techniqueId,
    ],
  )
  return rows[0]
}
