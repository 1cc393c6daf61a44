import type { CoverageGap } from '@picket/proto'
import type { Database, Queryable } from '../database.ts'
import type { BatchCounts, BatchResult, BatchToCommit } from '../types/ingest.ts'
import { toEpochUs } from '../time.ts'
import * as clean from '../query/clean.ts'
import { isStorableFlow } from './flow-columns.ts'
import { insertColumns } from './insert-columns.ts'
import { insertFlows } from './insert-flows.ts'
import {
  coverageGaps,
  findings,
  healthSamples,
  hostSamples,
  interfaces,
  interfaceSamples,
  type RecordKind,
} from './sample-columns.ts'

const NO_COUNTS: BatchCounts = {
  flows: 0,
  interfaceSamples: 0,
  hostSamples: 0,
  healthSamples: 0,
  findings: 0,
  coverageGaps: 0,
  interfaces: 0,
  rejected: 0,
}

/**
 * Stores one batch whole: rows, the sensor's cursor and its books in one transaction, so the collector may acknowledge
 * what this resolves with `stored`. A sequence at or below the cursor was stored before and writes nothing. Rows that
 * cannot be stored become coverage gaps of source `ingest`. The sensor must exist.
 */
export function commitBatch(db: Database, batch: BatchToCommit): Promise<BatchResult> {
  return db.transaction(async (tx) => {
    const cursor = await lockCursor(tx, batch.sensorId, batch.epoch)
    if (batch.sequence <= cursor) {
      await tx.query('UPDATE sensor_ledgers SET batches_duplicate = batches_duplicate + 1 WHERE sensor_id = $1', [
        batch.sensorId,
      ])
      return { stored: false, sequence: cursor, counts: { ...NO_COUNTS } }
    }
    const { counts, books } = await insertRecords(tx, batch)
    await tx.query('UPDATE stream_cursors SET sequence = $3, updated_at = now() WHERE sensor_id = $1 AND epoch = $2', [
      batch.sensorId,
      batch.epoch,
      batch.sequence,
    ])
    await keepBooks(tx, batch.sensorId, books)
    return { stored: true, sequence: batch.sequence, counts }
  })
}

/** Last sequence stored of an epoch; 0 when none. */
export async function cursorOf(db: Queryable, sensorId: string, epoch: number): Promise<number> {
  const { rows } = await db.query<{ sequence: number }>(
    'SELECT sequence FROM stream_cursors WHERE sensor_id = $1 AND epoch = $2',
    [sensorId, epoch],
  )
  return rows[0]?.sequence ?? 0
}

async function lockCursor(tx: Queryable, sensorId: string, epoch: number): Promise<number> {
  const lock = 'SELECT sequence FROM stream_cursors WHERE sensor_id = $1 AND epoch = $2 FOR UPDATE'
  const { rows } = await tx.query<{ sequence: number }>(lock, [sensorId, epoch])
  if (rows.length > 0) return rows[0].sequence
  await tx.query('INSERT INTO sensor_ledgers (sensor_id) VALUES ($1) ON CONFLICT DO NOTHING', [sensorId])
  await tx.query('INSERT INTO stream_cursors (sensor_id, epoch) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    sensorId,
    epoch,
  ])
  const again = await tx.query<{ sequence: number }>(lock, [sensorId, epoch])
  return again.rows[0].sequence
}

interface Books {
  flowsStored: number
  flowsRejected: number
  flowsInGaps: number
  packetsInGaps: number
}

async function insertRecords(tx: Queryable, batch: BatchToCommit): Promise<{ counts: BatchCounts; books: Books }> {
  const { records, sensorId } = batch
  const receivedUs = toEpochUs(batch.receivedAt)
  const rejected: Rejected = []

  const flows = records.flows.filter((flow) => isStorableFlow(flow, receivedUs))
  note(rejected, 'flow', records.flows.length - flows.length)
  await insertFlows(tx, { sensorId, flows, features: batch.features, featureSetVersion: batch.featureSetVersion ?? 1 })

  const insert = async <Row>(kind: RecordKind<Row>, label: string, given: readonly Row[]) => {
    const rows = given.filter((row) => kind.isStorable(row, receivedUs))
    note(rejected, label, given.length - rows.length)
    await insertColumns(tx, kind.table, kind.columns(sensorId), rows, { conflict: kind.conflict })
    return rows
  }
  const known = await insert(interfaces, 'interface', lastByName(records.interfaces))
  const sampled = await insert(interfaceSamples, 'interface-sample', records.interfaceSamples)
  const hosts = await insert(hostSamples, 'host-sample', records.hostSamples)
  const health = await insert(healthSamples, 'health-sample', records.healthSamples)
  const found = await insert(findings, 'finding', records.findings)
  const gaps = await insert(coverageGaps, 'coverage-gap', records.coverageGaps)
  await insertColumns(tx, coverageGaps.table, coverageGaps.columns(sensorId), rejectedGaps(rejected, receivedUs))

  const flowsRejected = records.flows.length - flows.length
  return {
    counts: {
      flows: flows.length,
      interfaceSamples: sampled.length,
      hostSamples: hosts.length,
      healthSamples: health.length,
      findings: found.length,
      coverageGaps: gaps.length,
      interfaces: known.length,
      rejected: rejected.reduce((sum, { rows }) => sum + rows, 0),
    },
    books: {
      flowsStored: flows.length,
      flowsRejected,
      flowsInGaps: flowsRejected + gaps.reduce((sum, gap) => sum + gap.flows, 0),
      packetsInGaps: gaps.reduce((sum, gap) => sum + gap.packets, 0),
    },
  }
}

type Rejected = { kind: string; rows: number }[]

function note(rejected: Rejected, kind: string, rows: number): void {
  if (rows > 0) rejected.push({ kind, rows })
}

/** One statement may not touch a row twice (ON CONFLICT), so of several descriptions of a name as stored the last counts. */
function lastByName<Row extends { name: string }>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [clean.text(row.name, clean.NAME_LENGTH), row])).values()]
}

function rejectedGaps(rejected: Rejected, receivedUs: number): CoverageGap[] {
  return rejected.map(({ kind, rows }) => ({
    source: 'ingest',
    interface: '',
    cause: `rejected-${kind}`,
    startUs: receivedUs,
    endUs: receivedUs,
    packets: 0,
    flows: kind === 'flow' ? rows : 0,
    octets: 0,
  }))
}

async function keepBooks(tx: Queryable, sensorId: string, books: Books): Promise<void> {
  await tx.query(
    `UPDATE sensor_ledgers SET flows_stored = flows_stored + $2, flows_rejected = flows_rejected + $3,
       flows_in_gaps = flows_in_gaps + $4, packets_in_gaps = packets_in_gaps + $5, batches_stored = batches_stored + 1
     WHERE sensor_id = $1`,
    [sensorId, books.flowsStored, books.flowsRejected, books.flowsInGaps, books.packetsInGaps],
  )
}
