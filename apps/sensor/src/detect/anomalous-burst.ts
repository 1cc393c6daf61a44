import type { Finding, Flow } from '@picket/proto'
import { formatAddress } from '../flow/format-address.ts'
import type { DetectionWindow } from './detection-window.ts'
import { DetectionWindows } from './detection-windows.ts'
import type { Detector } from './detector.ts'
import { formatDuration, scoreOf, toFinding } from './finding.ts'
import { isProbe } from './probe.ts'

const WINDOW_US = 60_000_000
const MIN_FLOWS = 12
/** A score is a quantile, so a share of 1 - threshold lies above it on any day: that many times more is a burst. */
const TIMES_EXPECTED = 5

/**
 * Many flows of one host that the anomaly model finds unusual within a minute. Bare probes are left out: the scan and flood
 * detectors name them better, and one cause must not be told twice.
 */
export class AnomalousBurstDetector implements Detector {
  readonly kind = 'anomalous-burst'
  readonly #thresholdOf: (interfaceName: string) => number
  readonly #windows = new DetectionWindows({ lengthUs: WINDOW_US })
  readonly #crossed = new Map<DetectionWindow, string>()

  /** Flows whose score reaches the threshold of their interface, 0 to 1, are anomalous. */
  constructor(thresholdOf: (interfaceName: string) => number) {
    this.#thresholdOf = thresholdOf
  }

  observe(flow: Flow): void {
    if (flow.anomaly === undefined || flow.sourceAddress.length === 0 || isProbe(flow)) return
    const source = formatAddress(flow.sourceAddress)
    const window = this.#windows.at(source, flow.startUs, flow.interface)
    window.addSum('flows', 1)
    if (flow.anomaly < this.#thresholdOf(flow.interface)) return
    window.addSum('anomalous', 1)
    window.sums.max = Math.max(window.sums.max ?? 0, flow.anomaly)
    window.addSpan(flow)
    if ((window.sums.anomalous ?? 0) < this.#needed(window) || window.isReported) return
    window.isReported = true
    this.#crossed.set(window, source)
  }

  take(): Finding[] {
    const findings: Finding[] = []
    for (const [window, source] of this.#crossed) {
      const anomalous = window.sums.anomalous ?? 0
      const flows = window.sums.flows ?? 0
      const needed = this.#needed(window)
      // Later flows of the same batch may have shown it to be the usual share after all.
      if (anomalous < needed) {
        window.isReported = false
        continue
      }
      findings.push(
        toFinding(window, {
          kind: this.kind,
          entity: source,
          target: '',
          score: scoreOf(anomalous, needed),
          summary: `${anomalous} of ${flows} flows of ${source} in ${formatDuration(window)} are unlike what the model has learned`,
          evidence: { anomalous_flows: anomalous, flows, highest_anomaly: window.sums.max ?? 0 },
          techniqueId: '',
        }),
      )
    }
    this.#crossed.clear()
    return findings
  }

  #needed(window: DetectionWindow): number {
    return Math.max(MIN_FLOWS, TIMES_EXPECTED * (1 - this.#thresholdOf(window.interface)) * (window.sums.flows ?? 0))
  }
}
