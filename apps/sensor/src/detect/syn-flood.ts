import type { Finding, Flow } from '@picket/proto'
import { Protocol } from '../decode/packet.ts'
import { formatAddress } from '../flow/format-address.ts'
import type { DetectionWindow } from './detection-window.ts'
import { DetectionWindows } from './detection-windows.ts'
import type { Detector } from './detector.ts'
import { formatDuration, scoreOf, toFinding } from './finding.ts'

const WINDOW_US = 60_000_000
/** Five a second for a minute: no one service is tried and left that often by its users. */
const HALF_OPEN_THRESHOLD = 300
/** A busy service has finished connections too; under attack they drown. */
const HALF_OPEN_SHARE = 0.8

/** Handshakes that nobody finishes, to one service (ATT&CK T1499, Endpoint Denial of Service). The entity is its victim. */
export class SynFloodDetector implements Detector {
  readonly kind = 'syn-flood'
  readonly #windows = new DetectionWindows({ lengthUs: WINDOW_US })
  readonly #crossed = new Map<DetectionWindow, { address: string; port: number }>()

  observe(flow: Flow): void {
    const { forward } = flow
    if (flow.protocol !== Protocol.TCP || !forward || forward.tcpSyn === 0) return
    const address = formatAddress(flow.destinationAddress)
    const window = this.#windows.at(`${address}:${flow.destinationPort}`, flow.startUs, flow.interface)
    window.addSum('handshakes', forward.tcpSyn)
    if (!isHalfOpen(flow)) return
    window.addSum('half_open', forward.tcpSyn)
    this.#windows.addDistinct(window, formatAddress(flow.sourceAddress))
    window.addSpan(flow)
    const halfOpen = window.sums.half_open ?? 0
    const isFlood = halfOpen >= HALF_OPEN_THRESHOLD && halfOpen >= HALF_OPEN_SHARE * (window.sums.handshakes ?? 0)
    if (!isFlood || window.isReported) return
    window.isReported = true
    this.#crossed.set(window, { address, port: flow.destinationPort })
  }

  take(): Finding[] {
    const findings = [...this.#crossed].map(([window, { address, port }]) => {
      const halfOpen = window.sums.half_open ?? 0
      const sources = window.distinct
      const from = sources === 1 ? `from ${window.firstSeen}` : `from ${sources} addresses`
      return toFinding(window, {
        kind: this.kind,
        entity: address,
        target: `${address} port ${port}`,
        score: scoreOf(halfOpen, HALF_OPEN_THRESHOLD),
        summary: `${halfOpen} handshakes to ${address} port ${port} were never finished in ${formatDuration(window)}, ${from}`,
        evidence: {
          half_open: halfOpen,
          handshakes: window.sums.handshakes ?? 0,
          distinct_sources: sources,
          port,
        },
        techniqueId: 'T1499',
      })
    })
    this.#crossed.clear()
    return findings
  }
}

/** SYN without the ACK that finishes the handshake; a refusal by RST is an answer, but a flood is met by those too. */
function isHalfOpen({ forward, reverse }: Flow): boolean {
  return forward !== undefined && forward.tcpAck === 0 && (reverse?.payloadOctets ?? 0) === 0
}
