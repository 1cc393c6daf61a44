import type { Finding, Flow } from '@picket/proto'
import { AnomalousBurstDetector } from './anomalous-burst.ts'
import type { Detector } from './detector.ts'
import { HostSweepDetector } from './host-sweep.ts'
import { PortScanDetector } from './port-scan.ts'
import { SynFloodDetector } from './syn-flood.ts'

export interface DetectorsOptions {
  /** Distinct ports of one host, or hosts of one service, that make a scan within five minutes. */
  scanThreshold: number
  /** Flows with this anomaly score or more count towards a burst, 0 to 1. */
  anomalyThreshold: number
  /** The threshold of an interface where each has its own; absent where anomalyThreshold holds for all. */
  anomalyThresholdOf?: (interfaceName: string) => number
}

export const DETECTOR_DEFAULTS: DetectorsOptions = { scanThreshold: 25, anomalyThreshold: 0.99 }

/** All detectors over exported flows. Pure: the flows' own times are the clock. */
export class Detectors {
  readonly #detectors: readonly Detector[]

  constructor(options: DetectorsOptions) {
    this.#detectors = [
      new PortScanDetector(options.scanThreshold),
      new HostSweepDetector(options.scanThreshold),
      new SynFloodDetector(),
      new AnomalousBurstDetector(options.anomalyThresholdOf ?? (() => options.anomalyThreshold)),
    ]
  }

  /** Findings that these flows complete, at most one an entity and window. */
  observe(flows: readonly Flow[]): Finding[] {
    const findings: Finding[] = []
    for (const detector of this.#detectors) {
      for (const flow of flows) detector.observe(flow)
      findings.push(...detector.take())
    }
    return findings
  }
}
