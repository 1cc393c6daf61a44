import type { Flow } from '@picket/proto'

/** Packets of both directions. */
export function packetsInFlows(flows: readonly Flow[]): number {
  let packets = 0
  for (const { forward, reverse } of flows) packets += (forward?.packets ?? 0) + (reverse?.packets ?? 0)
  return packets
}
