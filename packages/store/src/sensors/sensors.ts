import type { Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toTimestamp } from '../time.ts'
import type { Labels } from '../types/common.ts'
import type { NewSensor, SensorAuth, SensorRow } from '../types/sensors.ts'
import { SENSOR_COLUMNS } from './sensor-columns.ts'

const SELECT = `SELECT ${SENSOR_COLUMNS} FROM sensors s`

/** Makes a sensor at enrolment, with its empty books, and marks the token it used. */
export async function createSensor(tx: Queryable, sensor: NewSensor): Promise<SensorRow> {
  await tx.query(
    `INSERT INTO sensors (id, hostname, platform, os_name, version, labels, token_id, certificate_sha256, certificate_expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      sensor.sensorId,
      clean.text(sensor.hostname, clean.NAME_LENGTH),
      clean.text(sensor.platform, clean.KEYWORD_LENGTH),
      clean.text(sensor.osName ?? '', clean.NAME_LENGTH),
      clean.text(sensor.version, clean.KEYWORD_LENGTH),
      JSON.stringify(clean.json(sensor.labels ?? {}, clean.NAME_LENGTH)),
      sensor.tokenId ?? null,
      sensor.certificateSha256,
      toTimestamp(sensor.certificateExpiresAt),
    ],
  )
  await tx.query('INSERT INTO sensor_ledgers (sensor_id) VALUES ($1)', [sensor.sensorId])
  if (sensor.tokenId !== undefined) {
    await tx.query('UPDATE enrolment_tokens SET sensor_id = $2 WHERE id = $1', [sensor.tokenId, sensor.sensorId])
  }
  const { rows } = await tx.query<SensorRow>(`${SELECT} WHERE s.id = $1`, [sensor.sensorId])
  return rows[0]
}

/** All sensors by name, retired ones last. */
export async function listSensors(db: Queryable): Promise<SensorRow[]> {
  const { rows } = await db.query<SensorRow>(
    `${SELECT} ORDER BY s.state = 'retired', coalesce(s.name, s.hostname), s.id`,
  )
  return rows
}

/** What the stream must know before it trusts a certificate; undefined for an unknown sensor. */
export async function getSensorForAuth(db: Queryable, sensorId: string): Promise<SensorAuth | undefined> {
  const { rows } = await db.query<SensorAuth>(
    `SELECT id AS "sensorId", state, certificate_sha256 AS "certificateSha256", certificate_expires_at AS "certificateExpiresAt",
       next_certificate_sha256 AS "nextCertificateSha256"
     FROM sensors WHERE id::text = $1`,
    [sensorId],
  )
  return rows[0]
}

/** Notes the certificate a sensor was given to use next; the one in use stays good. */
export async function prepareCertificate(
  db: Queryable,
  sensorId: string,
  certificate: Pick<NewSensor, 'certificateSha256' | 'certificateExpiresAt'>,
): Promise<void> {
  await db.query(
    'UPDATE sensors SET next_certificate_sha256 = $2, next_certificate_expires_at = $3 WHERE id::text = $1',
    [sensorId, certificate.certificateSha256, toTimestamp(certificate.certificateExpiresAt)],
  )
}

/** Makes the prepared certificate the only good one, the first time it is used. */
export async function adoptCertificate(db: Queryable, sensorId: string, certificateSha256: string): Promise<void> {
  await db.query(
    `UPDATE sensors SET certificate_sha256 = next_certificate_sha256, certificate_expires_at = next_certificate_expires_at,
       next_certificate_sha256 = NULL, next_certificate_expires_at = NULL
     WHERE id::text = $1 AND next_certificate_sha256 = $2`,
    [sensorId, certificateSha256],
  )
}

/** Gives a sensor a name for people; an empty one restores the host name. Undefined for an unknown sensor. */
export function renameSensor(db: Queryable, sensorId: string, name: string): Promise<SensorRow | undefined> {
  return change(db, sensorId, `name = nullif(btrim($2), '')`, [clean.text(name, clean.NAME_LENGTH)])
}

/** Replaces the labels of a sensor. Undefined for an unknown sensor. */
export function setLabels(db: Queryable, sensorId: string, labels: Labels): Promise<SensorRow | undefined> {
  return change(db, sensorId, 'labels = $2', [JSON.stringify(clean.json(labels, clean.NAME_LENGTH))])
}

/** Retires a sensor: its certificate is no longer good, its rows stay. Undefined for an unknown sensor. */
export function removeSensor(db: Queryable, sensorId: string): Promise<SensorRow | undefined> {
  return change(db, sensorId, `state = 'retired', retired_at = coalesce(retired_at, now())`, [])
}

async function change(
  db: Queryable,
  sensorId: string,
  assignment: string,
  values: unknown[],
): Promise<SensorRow | undefined> {
  const { rows } = await db.query<SensorRow>(
    `UPDATE sensors s SET ${assignment} WHERE s.id::text = $1 RETURNING ${SENSOR_COLUMNS}`,
    [sensorId, ...values],
  )
  return rows[0]
}
