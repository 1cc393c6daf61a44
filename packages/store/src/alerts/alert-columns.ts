import { InvalidFilterError } from '../errors.ts'

/** SQL: columns of an `AlertRow` from alerts `a`. */
export const ALERT_COLUMNS = `'A-' || a.id AS id, a.rule, a.severity, a.title, a.entity, a.sensor_ids AS "sensorId",
  ARRAY(SELECT coalesce(s.hostname, held.id::text) FROM unnest(a.sensor_ids) WITH ORDINALITY AS held(id, place)
        LEFT JOIN sensors s ON s.id = held.id ORDER BY held.place) AS hostnames,
  a.interface, a.count, a.score, a.state, a.close_reason AS "closeReason", a.close_note AS "closeNote", a.actor,
  a.first_seen AS "firstSeen", a.last_seen AS "lastSeen", a.acknowledged_at AS "acknowledgedAt", a.closed_at AS "closedAt",
  a.updated_at AS "updatedAt", a.evidence, a.community_ids AS "communityIds", a.technique_id AS "techniqueId"`

/** The number of `A-<number>`; undefined for any other text. */
export function alertNumber(id: string): number | undefined {
  const match = /^A-([1-9]\d{0,14})$/.exec(id)
  return match ? Number(match[1]) : undefined
}

export function requireAlertNumber(id: string): number {
  const number = alertNumber(id)
  if (number !== undefined) return number
  throw new InvalidFilterError(`alert: expected an id such as A-12, found ${id.slice(0, 40)}`)
}
