import type { Database, Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toEpochMs, toTimestamp } from '../time.ts'
import type { SensorSign } from '../types/sensors.ts'

/**
 * Stores a hello or heartbeat: last seen, what the sensor says of itself, its counters. A retired sensor stays as it is;
 * false then, and for an unknown one.
 */
export function touchSensor(db: Database, sign: SensorSign): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE sensors SET state = 'active', last_seen = greatest(last_seen, $2::timestamptz),
         clock_offset_us = coalesce($3, clock_offset_us), hostname = coalesce($4, hostname), version = coalesce($5, version),
         platform = coalesce($6, platform), os_name = coalesce($7, os_name), labels = coalesce($8::jsonb, '{}') || labels,
         feature_set_hash = coalesce($9, feature_set_hash), active_models = coalesce($10::jsonb, active_models),
         spool_batches = coalesce($11, spool_batches), spool_bytes = coalesce($12, spool_bytes)
       WHERE id = $1 AND state <> 'retired'`,
      [
        sign.sensorId,
        toTimestamp(sign.at),
        sign.sensorTimeUs === undefined ? null : Math.round(sign.sensorTimeUs - toEpochMs(sign.at) * 1000),
        textOrNull(sign.hostname, clean.NAME_LENGTH),
        textOrNull(sign.version, clean.KEYWORD_LENGTH),
        textOrNull(sign.platform, clean.KEYWORD_LENGTH),
        textOrNull(sign.osName, clean.NAME_LENGTH),
        jsonOrNull(sign.labels),
        textOrNull(sign.featureSetHash, clean.NAME_LENGTH),
        jsonOrNull(sign.activeModels),
        sign.heartbeat?.spoolBatches ?? null,
        sign.heartbeat?.spoolBytes ?? null,
      ],
    )
    if (rowCount > 0 && sign.heartbeat) await countHeartbeat(tx, sign.sensorId, sign.heartbeat)
    return rowCount > 0
  })
}

const textOrNull = (value: string | undefined, length: number) =>
  value === undefined ? null : clean.text(value, length)
const jsonOrNull = (value: object | undefined) =>
  value ? JSON.stringify(clean.json(value, clean.NAME_LENGTH, 64)) : null

/** Another process, or a counter below its last value, began anew: what the old one counted is kept as past. */
async function countHeartbeat(
  tx: Queryable,
  sensorId: string,
  beat: NonNullable<SensorSign['heartbeat']>,
): Promise<void> {
  await tx.query('INSERT INTO sensor_ledgers (sensor_id) VALUES ($1) ON CONFLICT DO NOTHING', [sensorId])
  await tx.query(
    `UPDATE sensor_ledgers SET
       flows_metered_past = flows_metered_past + CASE WHEN began_anew THEN flows_metered_now ELSE 0 END,
       packets_read_past = packets_read_past + CASE WHEN began_anew THEN packets_read_now ELSE 0 END,
       flows_metered_now = $2, packets_read_now = $3, flows_discarded_now = $4, process_started_us = $5
     FROM (SELECT sensor_id AS id, CASE WHEN $5::bigint <> 0 AND process_started_us <> 0 THEN $5 <> process_started_us
             ELSE $2 < flows_metered_now OR $3 < packets_read_now OR $4 < flows_discarded_now END AS began_anew
           FROM sensor_ledgers WHERE sensor_id = $1) AS life
     WHERE sensor_id = life.id`,
    [sensorId, beat.flowsMetered, beat.packetsRead, beat.flowsDiscarded, beat.processStartedUs ?? 0],
  )
}
