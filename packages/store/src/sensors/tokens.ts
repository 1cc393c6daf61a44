import type { Queryable } from '../database.ts'
import * as clean from '../query/clean.ts'
import { toTimestamp } from '../time.ts'
import type { NewToken, TokenRow, TokenUse } from '../types/sensors.ts'

const STATE = `CASE WHEN used_at IS NOT NULL THEN 'used' WHEN revoked_at IS NOT NULL THEN 'revoked'
  WHEN expires_at <= now() THEN 'expired' ELSE 'open' END`

const COLUMNS = `id, created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt", labels,
  ${STATE} AS state, used_at AS "usedAt", revoked_at AS "revokedAt", sensor_id AS "sensorId"`

/** Stores a new single-use token; only the hash of its secret. */
export async function createToken(db: Queryable, token: NewToken): Promise<TokenRow> {
  const { rows } = await db.query<TokenRow>(
    `INSERT INTO enrolment_tokens (secret_hash, created_by, expires_at, labels) VALUES ($1, $2, $3, $4) RETURNING ${COLUMNS}`,
    [
      Buffer.from(token.secretHash),
      token.createdBy,
      toTimestamp(token.expiresAt),
      JSON.stringify(clean.json(token.labels ?? {}, clean.NAME_LENGTH)),
    ],
  )
  return rows[0]
}

/** Tokens, newest first, at most 500. */
export async function listTokens(db: Queryable): Promise<TokenRow[]> {
  const { rows } = await db.query<TokenRow>(`SELECT ${COLUMNS} FROM enrolment_tokens ORDER BY id DESC LIMIT 500`)
  return rows
}

/** Revokes an open token; undefined when there is none with that number or it was used already. */
export async function revokeToken(db: Queryable, id: number): Promise<TokenRow | undefined> {
  const { rows } = await db.query<TokenRow>(
    `UPDATE enrolment_tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 AND used_at IS NULL RETURNING ${COLUMNS}`,
    [id],
  )
  return rows[0]
}

/**
 * Uses a token up: of several that present the same one, one succeeds. Call it in the transaction that makes the
 * sensor (`createSensor` with `tokenId`), so that a failed enrolment leaves the token open.
 */
export async function consumeToken(tx: Queryable, secretHash: Uint8Array): Promise<TokenUse> {
  const hash = Buffer.from(secretHash)
  const used = await tx.query<{ tokenId: number; labels: Record<string, string> }>(
    `UPDATE enrolment_tokens SET used_at = now()
     WHERE secret_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()
     RETURNING id AS "tokenId", labels`,
    [hash],
  )
  if (used.rows.length > 0) return { ok: true, ...used.rows[0] }
  const { rows } = await tx.query<{ state: TokenRow['state'] }>(
    `SELECT ${STATE} AS state FROM enrolment_tokens WHERE secret_hash = $1`,
    [hash],
  )
  const state = rows[0]?.state
  return { ok: false, reason: state === undefined ? 'unknown' : state === 'open' ? 'used' : state }
}
