import type { Heartbeat, Records } from '@picket/proto'

/** Of packets that were never read. */
const UNREAD = new Set(['kernel-drop', 'capture-drop', 'before-capture'])

/** What became of packets and flows, by what a sensor sent. */
export class FloodLedger {
  packetsInFlows = 0
  packetsInGaps = 0
  packetsUnread = 0
  flowsStored = 0
  flowsInGaps = 0
  last: Heartbeat | undefined

  add({ flows, coverageGaps }: Records): void {
    this.flowsStored += flows.length
    for (const { forward, reverse } of flows) this.packetsInFlows += (forward?.packets ?? 0) + (reverse?.packets ?? 0)
    for (const { cause, packets, flows: ended, source } of coverageGaps) {
      if (UNREAD.has(cause)) this.packetsUnread += packets
      else this.packetsInGaps += packets
      if (source === 'spool' || source === 'ingest') this.flowsInGaps += ended
    }
  }

  /** Both ledgers, as of the last heartbeat. */
  report(): object {
    const { packetsRead = 0, flowsMetered = 0, spoolBatches = 0 } = this.last ?? {}
    return {
      packets_read: packetsRead,
      packets_in_flows: this.packetsInFlows,
      packets_in_gaps: this.packetsInGaps,
      packets_unread: this.packetsUnread,
      flows_metered: flowsMetered,
      flows_stored: this.flowsStored,
      flows_in_gaps: this.flowsInGaps,
      batches_left: spoolBatches,
      is_balanced:
        packetsRead === this.packetsInFlows + this.packetsInGaps &&
        flowsMetered === this.flowsStored + this.flowsInGaps,
    }
  }
}
