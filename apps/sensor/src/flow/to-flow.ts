import type { EndReason, Tunnel, TunnelKind } from '@picket/proto'
import { FlowRow } from './flow-row.ts'
import type { FlowTable } from './flow-table.ts'
import * as layout from './layout.ts'
import { RecordCopies } from './record-copies.ts'

const { KEY_TUNNEL, OUTER, RECORD_WORDS } = layout

const NO_ADDRESS = new Uint8Array(0)
let copies = new RecordCopies()

/**
 * Copies a record out of the table, as a Flow that reads from the copy. Names and facts are the recogniser's to add. An object with
 * all its numbers and those of both directions would take as long as metering ten packets, and be garbage soon.
 */
export function toFlow(table: FlowTable, slot: number, reason: EndReason, interfaceName: string): FlowRow {
  const { words } = table.records
  const w = slot * RECORD_WORDS
  if (copies.isFull) copies = new RecordCopies()
  const tunnel = words[w + KEY_TUNNEL] !== 0 ? tunnelOf(table, w) : undefined
  return new FlowRow(copies, copies.add(words, w), { interfaceName, reason, tunnel })
}

function tunnelOf({ records, tunnels }: FlowTable, w: number): Tunnel {
  const tunnel = records.words[w + KEY_TUNNEL]
  const held = records.words[w + OUTER]
  const ends = held === 0 ? { sourceAddress: NO_ADDRESS, destinationAddress: NO_ADDRESS } : tunnels.read(held)
  return { kind: (tunnel >>> 24) as TunnelKind, networkId: tunnel & 0xffffff, ...ends }
}
