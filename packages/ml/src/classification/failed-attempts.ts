import type { Flow } from '@picket/proto'

const TCP = 6
/** Seconds after which a failed attempt counts half. */
const HALF_LIFE_S = 600

/** A TCP connection attempt that came to nothing: a SYN, no payload either way, and no answer or a reset. */
export function isFailedAttempt(flow: Flow): boolean {
  const { forward, reverse } = flow
  if (flow.protocol !== TCP || !forward || forward.tcpSyn === 0 || forward.payloadOctets > 0) return false
  if (!reverse || reverse.packets === 0) return true
  return reverse.payloadOctets === 0 && (reverse.tcpRst > 0 || forward.tcpRst > 0)
}

/**
 * Failed attempts of late after one more attempt, each counting half after ten minutes: what failed attempts came to at the attempt before,
 * so many seconds ago. A host that calls a server that is gone, or that turns it away, tries again and again; who uses a service does not.
 */
export const countFailures = (before: number, secondsAgo: number, hasFailed: boolean): number =>
  before * 0.5 ** (Math.max(0, secondsAgo) / HALF_LIFE_S) + (hasFailed ? 1 : 0)
