import type { Queryable } from '../database.ts'
import type { Ledger } from '../types/ingest.ts'

/** Both sides of a sensor's books; null for a sensor without any yet. */
export async function ledger(db: Queryable, sensorId: string): Promise<Ledger | null> {
  const { rows } = await db.query<Omit<Ledger, 'flowsPending' | 'cursors'>>(
    `SELECT sensor_id AS "sensorId", flows_metered_past + flows_metered_now AS "flowsMetered",
       packets_read_past + packets_read_now AS "packetsRead", flows_stored AS "flowsStored",
       flows_in_gaps AS "flowsInGaps", packets_in_gaps AS "packetsInGaps", flows_rejected AS "flowsRejected",
       batches_stored AS "batchesStored", batches_duplicate AS "batchesDuplicate"
     FROM sensor_ledgers WHERE sensor_id = $1`,
    [sensorId],
  )
  if (rows.length === 0) return null
  const cursors = await db.query<Ledger['cursors'][number]>(
    `SELECT epoch, sequence, updated_at AS "updatedAt" FROM stream_cursors WHERE sensor_id = $1 ORDER BY epoch`,
    [sensorId],
  )
  const [books] = rows
  return { ...books, flowsPending: books.flowsMetered - books.flowsStored - books.flowsInGaps, cursors: cursors.rows }
}
