import { Flow } from '@picket/proto'
import type { Observation } from '../src/observation.ts'

/** An observation as one line of JSON, its flows with all their fields. */
export function observationLine(observation: Observation): string {
  return `${JSON.stringify({ ...observation, flows: observation.flows.map((flow) => Flow.fromPartial(flow)) })}\n`
}
