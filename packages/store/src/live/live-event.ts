import type { AlertRow } from '../types/alerts.ts'
import type { FlowRow } from '../types/flows.ts'
import type { JobState, ModelState } from '../types/models.ts'

/** One interface's counters over one span, as differences. */
export interface LiveInterfaceSample {
  interface: string
  timeUs: number
  spanUs: number
  receivedOctets: number
  sentOctets: number
  receivedPackets: number
  sentPackets: number
  /** Packets the interface dropped, both ways. */
  drops: number
  /** Receive and send errors. */
  errors: number
  captureDrops: number
  flowsActive: number
  flowsStarted: number
  speedBps?: number
}

/** A flow row before it has its number: what the flows page appends while live. */
export type LiveFlow = Omit<FlowRow, 'id'>

/** What happened just now. Each goes to the live feed as one JSON text. */
export type LiveEvent =
  | { type: 'interfaces'; sensorId: string; hostname: string; samples: LiveInterfaceSample[] }
  | {
      type: 'host'
      sensorId: string
      cpu: number
      memoryUsed: number
      memoryTotal: number
      load1m: number
      sensorCpu: number
      sensorMemory: number
    }
  | { type: 'flows'; sensorId: string; count: number; flows: LiveFlow[] }
  | { type: 'alert'; alert: AlertRow }
  | {
      type: 'sensor'
      sensorId: string
      state: 'online' | 'silent' | 'retired' | 'enrolled'
      hostname: string
      lastSeen: number | null
    }
  | { type: 'job'; jobId: string; state: JobState; progress: number; line?: string }
  | { type: 'model'; modelId: string; state: ModelState }
  | { type: 'gap'; sensorId: string; cause: string; packets: number; flows: number }

/** An event with its place in the feed: the Redis stream id, also the SSE id. */
export interface LiveEntry {
  id: string
  event: LiveEvent
}
