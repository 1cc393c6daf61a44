import type { Lab, LabHost } from '../lab/lab.ts'

/** What a recording has at hand: the lab, its client and server host, and a folder for keys and logs. */
export interface Stage {
  lab: Lab
  client: LabHost
  server: LabHost
  work: string
  pause(ms: number): Promise<void>
}

/** One recorded case: `test/cases/NAME`. */
export interface Scenario {
  name: string
  /** One sentence: what a reader finds in the capture. */
  purpose: string
  /** The tools that made the packets. */
  tools: string
  /** Traffic class of the flows the case is about (packages/ml/classification), where it is about one. */
  class?: string
  /** Whether a host would call this ordinary traffic; the bundled anomaly model learns from ordinary cases. */
  normal: boolean
  /** Kinds of findings `detect` must report; every other kind must stay silent. */
  findings?: string[]
  /** Host whose interface is captured; the client when absent. */
  captureOn?: 'client' | 'server'
  /** Octets kept of each packet; whole packets when absent. */
  snapLength?: number
  /** Capture filter; everything but neighbour noise when absent. */
  filter?: string
  run(stage: Stage): Promise<void>
}
