import type { Flow } from '@picket/proto'
import type { Queryable } from '../database.ts'
import { encodeFloats } from './binary-array.ts'
import * as clean from '../query/clean.ts'
import { flowColumns } from './flow-columns.ts'
import { insertColumns, type Column, type ExtraColumn } from './insert-columns.ts'

export interface FlowsToInsert {
  sensorId: string
  flows: readonly Flow[]
  features?: (flow: Flow) => ArrayLike<number>
  featureSetVersion: number
}

/** Inserts flow rows, and the words they bring into the list of terms. */
export async function insertFlows(tx: Queryable, batch: FlowsToInsert): Promise<void> {
  const { sensorId, flows, features } = batch
  if (flows.length === 0) return
  const version = features ? batch.featureSetVersion : 0
  const extra = features ? featuresColumn(flows, features) : undefined
  await insertColumns(tx, 'flows', flowColumns(sensorId, version), flows, { extra })
  await insertTerms(tx, flows)
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

/** Columns of flows whose words are listed, and how long they may be. */
const TERMS: { kind: string; of: (flow: Flow) => string; length: number }[] = [
  { kind: 'host_name', of: (flow) => flow.hostName, length: clean.NAME_LENGTH },
  { kind: 'interface', of: (flow) => flow.interface, length: clean.NAME_LENGTH },
  { kind: 'class', of: (flow) => flow.class, length: clean.KEYWORD_LENGTH },
  { kind: 'application', of: (flow) => flow.application, length: clean.KEYWORD_LENGTH },
  { kind: 'protocol_name', of: (flow) => flow.protocolName, length: clean.KEYWORD_LENGTH },
]

interface Term {
  kind: string
  term: string
  lastUs: number
}

function termsOf(flows: readonly Flow[]): Term[] {
  const terms = new Map<string, Term>()
  for (const { kind, of, length } of TERMS) {
    for (const flow of flows) {
      const term = clean.text(of(flow), length)
      if (term === '') continue
      const key = `${kind} ${term}`
      terms.set(key, { kind, term, lastUs: Math.max(terms.get(key)?.lastUs ?? 0, flow.endUs) })
    }
  }
  return [...terms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, term]) => term)
}

/** In one order always, so that two batches that bring the same words cannot wait for each other. */
async function insertTerms(tx: Queryable, flows: readonly Flow[]): Promise<void> {
  const columns: Column<Term>[] = [
    { name: 'kind', type: 'text', of: (row) => row.kind },
    { name: 'term', type: 'text', of: (row) => row.term },
    { name: 'last_seen', type: 'timestamptz', of: (row) => row.lastUs },
  ]
  const conflict = `ON CONFLICT (kind, term) DO UPDATE SET last_seen = excluded.last_seen
    WHERE flow_terms.last_seen < excluded.last_seen - interval '1 hour'`
  await insertColumns(tx, 'flow_terms', columns, termsOf(flows), { conflict })
}
