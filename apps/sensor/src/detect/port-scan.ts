import type { Finding, Flow } from '@picket/proto'
import { Protocol } from '../decode/packet.ts'
import { formatAddress } from '../flow/format-address.ts'
import type { DetectionWindow } from './detection-window.ts'
import { DetectionWindows } from './detection-windows.ts'
import type { Detector } from './detector.ts'
import { formatDuration, scoreOf, toFinding } from './finding.ts'
import { isPing, isProbe } from './probe.ts'

/** Long enough for the slower timing templates of scanners. */
const WINDOW_US = 300_000_000

/** One host probes many ports of another (ATT&CK T1046, Network Service Discovery). */
export class PortScanDetector implements Detector {
  readonly kind = 'port-scan'
  readonly #threshold: number
  readonly #windows = new DetectionWindows({ lengthUs: WINDOW_US })
  readonly #crossed = new Map<DetectionWindow, { source: string; destination: string }>()

  /** `threshold` distinct ports of one host make a scan. */
  constructor(threshold: number) {
    this.#threshold = threshold
  }

  observe(flow: Flow): void {
    if (!isProbe(flow) || isPing(flow)) return
    const source = formatAddress(flow.sourceAddress)
    const destination = formatAddress(flow.destinationAddress)
    const window = this.#windows.at(`${source}>${destination}`, flow.startUs, flow.interface)
    this.#windows.addDistinct(window, flow.protocol * 65_536 + flow.destinationPort)
    window.addSpan(flow)
    window.addSum('probes', 1)
    if (flow.protocol === Protocol.TCP && (flow.reverse?.tcpSyn ?? 0) > 0) window.addSum('open', 1)
    if (window.distinct < this.#threshold || window.isReported) return
    window.isReported = true
    this.#crossed.set(window, { source, destination })
  }

  take(): Finding[] {
    const findings = [...this.#crossed].map(([window, { source, destination }]) => {
      const ports = window.distinct
      const open = window.sums.open ?? 0
      return toFinding(window, {
        kind: this.kind,
        entity: source,
        target: destination,
        score: scoreOf(ports, this.#threshold),
        summary: `${source} probed ${ports} ports of ${destination} in ${formatDuration(window)}, ${open} answered as open`,
        evidence: { distinct_ports: ports, probes: window.sums.probes ?? 0, open_answers: open },
        techniqueId: 'T1046',
      })
    })
    this.#crossed.clear()
    return findings
  }
}
