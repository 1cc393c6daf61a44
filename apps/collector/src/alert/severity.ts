import { BlockList, isIPv4, isIPv6 } from 'node:net'
import type { AlertSeverity } from '@picket/store'

/** Addresses of our own networks: private (RFC 1918), carrier (RFC 6598), unique local (RFC 4193), link-local, loopback. */
const INSIDE = new BlockList()
INSIDE.addSubnet('10.0.0.0', 8, 'ipv4')
INSIDE.addSubnet('172.16.0.0', 12, 'ipv4')
INSIDE.addSubnet('192.168.0.0', 16, 'ipv4')
INSIDE.addSubnet('100.64.0.0', 10, 'ipv4')
INSIDE.addSubnet('169.254.0.0', 16, 'ipv4')
INSIDE.addSubnet('127.0.0.0', 8, 'ipv4')
INSIDE.addSubnet('fc00::', 7, 'ipv6')
INSIDE.addSubnet('fe80::', 10, 'ipv6')
INSIDE.addAddress('::1', 'ipv6')

/** Score from which a burst or a flood counts as overwhelming. */
const STRONG_SCORE = 0.9

/** Whether the text is an address of our own networks. */
export function isInside(address: string): boolean {
  if (isIPv4(address)) return INSIDE.check(address, 'ipv4')
  return isIPv6(address) && INSIDE.check(address, 'ipv6')
}

/**
 * The stated rule of severity. A host of ours that scans is likely misused: high; a scan from outside is daily weather:
 * low. A flood is high, an overwhelming one critical. A burst of anomalous flows is medium, an overwhelming one high.
 */
export function severityOfFinding(kind: string, entity: string, score: number): AlertSeverity {
  switch (kind) {
    case 'port-scan':
    case 'host-sweep':
      return isInside(entity) ? 'high' : 'low'
    case 'syn-flood':
      return score >= STRONG_SCORE ? 'critical' : 'high'
    default:
      return score >= STRONG_SCORE ? 'high' : 'medium'
  }
}

/** A silent host is high: whatever happens there is not seen. */
export const SILENCE_SEVERITY: AlertSeverity = 'high'

/** A saturated interface is medium; high when packets are lost over it. */
export function severityOfSaturation(drops: number): AlertSeverity {
  return drops > 0 ? 'high' : 'medium'
}
