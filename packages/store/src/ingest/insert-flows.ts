import type { Flow } from '@picket/proto'
import type { Queryable } from '../database.ts'
import { encodeArray, encodeFloats } from './binary-array.ts'
import * as clean from './clean.ts'
import { flowColumns } from './flow-columns.ts'
import { insertColumns, type ExtraColumn } from './insert-columns.ts'

export interface FlowsToInsert {
  sensorId: string
  flows: readonly Flow[]
  features?: (flow: Flow) => ArrayLike<number>
  featureSetVersion: number
}

/** Inserts flow rows, and the host names they bring into the list of names. */
export async function insertFlows(tx: Queryable, batch: FlowsToInsert): Promise<void> {
  const { sensorId, flows, features } = batch
  if (flows.length === 0) return
  const version = features ? batch.featureSetVersion : 0
  const extra = features ? featuresColumn(flows, features) : undefined
  await insertColumns(tx, 'flows', flowColumns(sensorId, version), flows, { extra })
  await insertHostNames(tx, flows)
}

/**
 * All feature vectors as one flat array from which each row takes its slice: unnest would flatten an array of arrays,
 * and a slice of a parameter costs only its own length.
 */
function featuresColumn(flows: readonly Flow[], features: (flow: Flow) => ArrayLike<number>): ExtraColumn {
  const width = features(flows[0]).length
  const flat = new Float32Array(flows.length * width)
  flows.forEach((flow, i) => {
    const vector = features(flow)
    if (vector.length !== width) throw new Error(`feature vectors of ${width} and ${vector.length} values in one batch`)
    flat.set(vector, i * width)
  })
  return {
    name: 'features',
    value: encodeFloats(flat),
    sql: (parameter) => `($${parameter}::real[])[(row_number - 1) * ${width} + 1 : row_number * ${width}]`,
  }
}

/** In order of name, so that two batches that bring the same names cannot wait for each other. */
async function insertHostNames(tx: Queryable, flows: readonly Flow[]): Promise<void> {
  const latest = new Map<string, number>()
  for (const flow of flows) {
    const name = clean.text(flow.hostName, clean.NAME_LENGTH)
    if (name !== '') latest.set(name, Math.max(latest.get(name) ?? 0, flow.endUs))
  }
  const names = [...latest].sort(([a], [b]) => (a < b ? -1 : 1))
  if (names.length === 0) return
  await tx.query(
    `INSERT INTO flow_host_names (host_name, last_seen)
     SELECT * FROM unnest($1::text[], $2::timestamptz[])
     ON CONFLICT (host_name) DO UPDATE SET last_seen = excluded.last_seen
       WHERE flow_host_names.last_seen < excluded.last_seen - interval '1 hour'`,
    [encodeArray('text', names, ([name]) => name), encodeArray('timestamptz', names, ([, endUs]) => endUs)],
  )
}
