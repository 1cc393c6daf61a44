import type { Finding, Flow } from '@picket/proto'
import { Protocol } from '../decode/packet.ts'
import { formatAddress } from '../flow/format-address.ts'
import type { DetectionWindow } from './detection-window.ts'
import { DetectionWindows } from './detection-windows.ts'
import type { Detector } from './detector.ts'
import { formatDuration, scoreOf, toFinding } from './finding.ts'
import { isPing, isProbe } from './probe.ts'

const WINDOW_US = 300_000_000

/**
 * One host probes the same service, or pings, on many hosts (ATT&CK T1018, Remote System Discovery). An address whose
 * name was looked up before was not found by trying, so it does not count: a browser whose network refuses it
 * connections is no sweep.
 */
export class HostSweepDetector implements Detector {
  readonly kind = 'host-sweep'
  readonly #threshold: number
  readonly #windows = new DetectionWindows({ lengthUs: WINDOW_US })
  readonly #crossed = new Map<DetectionWindow, { source: string; service: string }>()

  /** `threshold` distinct hosts make a sweep. */
  constructor(threshold: number) {
    this.#threshold = threshold
  }

  observe(flow: Flow): void {
    if (flow.hostName !== '' || !isProbe(flow)) return
    const source = formatAddress(flow.sourceAddress)
    const service = serviceOf(flow)
    const window = this.#windows.at(`${source}>${service}`, flow.startUs, flow.interface)
    this.#windows.addDistinct(window, formatAddress(flow.destinationAddress))
    window.addSpan(flow)
    window.addSum('probes', 1)
    if (flow.reverse) window.addSum('answered', 1)
    if (window.distinct < this.#threshold || window.isReported) return
    window.isReported = true
    this.#crossed.set(window, { source, service })
  }

  take(): Finding[] {
    const findings = [...this.#crossed].map(([window, { source, service }]) => {
      const hosts = window.distinct
      const answered = window.sums.answered ?? 0
      return toFinding(window, {
        kind: this.kind,
        entity: source,
        target: '',
        score: scoreOf(hosts, this.#threshold),
        summary: `${source} probed ${service} on ${hosts} hosts in ${formatDuration(window)}, ${answered} answered`,
        evidence: { distinct_hosts: hosts, probes: window.sums.probes ?? 0, answers: answered },
        techniqueId: 'T1018',
      })
    })
    this.#crossed.clear()
    return findings
  }
}

function serviceOf(flow: Flow): string {
  if (isPing(flow)) return 'ping'
  return `${flow.protocol === Protocol.TCP ? 'tcp' : 'udp'}/${flow.destinationPort}`
}
