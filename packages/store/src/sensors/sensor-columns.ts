import { DEFAULT_SETTINGS } from '../settings/settings-schema.ts'

/** SQL: seconds without a sign of life after which a host counts as silent. */
const SILENT_AFTER = `coalesce((SELECT (patch ->> 'silentAfterSeconds')::float8 FROM settings), ${DEFAULT_SETTINGS.silentAfterSeconds})`

/** SQL: what a person is shown of the state of sensor `s`. */
export const PRESENCE = `CASE WHEN s.state = 'retired' THEN 'retired' WHEN s.last_seen IS NULL THEN 'enrolled'
  WHEN s.last_seen > now() - make_interval(secs => ${SILENT_AFTER}) THEN 'online' ELSE 'silent' END`

/** Columns of a `SensorRow` from sensors `s`. */
export const SENSOR_COLUMNS = `s.id AS "sensorId", s.hostname, coalesce(s.name, s.hostname) AS name, s.platform,
  s.os_name AS "osName", s.version, s.labels, s.state, ${PRESENCE} AS presence, s.created_at AS "createdAt",
  s.last_seen AS "lastSeen", s.retired_at AS "retiredAt", s.certificate_expires_at AS "certificateExpiresAt",
  s.clock_offset_us AS "clockOffsetUs", s.feature_set_hash AS "featureSetHash", s.active_models AS "activeModels",
  s.spool_batches AS "spoolBatches", s.spool_bytes AS "spoolBytes"`
