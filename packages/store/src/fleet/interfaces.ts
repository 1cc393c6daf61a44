import type { Queryable } from '../database.ts'
import type { InterfaceRow } from '../types/sensors.ts'
import { RATES_NOW } from './rates-now.ts'

/** Interfaces with their rates now, by host and name; those of retired sensors only when one is asked for. */
export async function listInterfaces(db: Queryable, filter: { sensorId?: string } = {}): Promise<InterfaceRow[]> {
  const { rows } = await db.query<InterfaceRow>(
    `WITH ${RATES_NOW}
     SELECT i.sensor_id AS "sensorId", s.hostname, i.interface, i.mac, i.addresses,
       i.speed_bps AS "speedBps", i.medium, i.up, i.mtu, i.source, i.metered_by AS "meteredBy", i.updated_at AS "updatedAt",
       r.received_bps AS "receivedBps", r.sent_bps AS "sentBps", r.received_pps AS "receivedPps", r.sent_pps AS "sentPps",
       r.flows_active AS "flowsActive", r.capture_drops AS "captureDrops", to_us(r.last_sample) AS "lastSampleUs"
     FROM interfaces i JOIN sensors s ON s.id = i.sensor_id
     LEFT JOIN rates_now r ON r.sensor_id = i.sensor_id AND r.interface = i.interface
     WHERE CASE WHEN $1::text IS NULL THEN s.state <> 'retired' ELSE i.sensor_id::text = $1 END
     ORDER BY s.hostname, s.id, i.interface`,
    [filter.sensorId ?? null],
  )
  return rows
}
