import { pino, type Logger } from 'pino'

/** Every counter of the collector, OpenTelemetry names; unit in braces where it is not one. */
const COUNTERS = {
  enrolmentAccepted: 'picket.collector.enrolment.accepted {sensor}',
  enrolmentRefused: 'picket.collector.enrolment.refused {attempt}',
  enrolmentLimited: 'picket.collector.enrolment.limited {attempt}',
  certificateRenewed: 'picket.collector.certificate.renewed {certificate}',
  connectionRefused: 'picket.collector.connection.refused {connection}',
  streamOpened: 'picket.collector.stream.opened {stream}',
  streamRefused: 'picket.collector.stream.refused {stream}',
  streamReplaced: 'picket.collector.stream.replaced {stream}',
  streamFailed: 'picket.collector.stream.failed {stream}',
  batchStored: 'picket.collector.batch.stored {batch}',
  batchDuplicate: 'picket.collector.batch.duplicate {batch}',
  batchRejected: 'picket.collector.batch.rejected {batch}',
  batchRetried: 'picket.collector.batch.retried {attempt}',
  flowStored: 'picket.collector.flow.stored {flow}',
  findingReceived: 'picket.collector.finding.received {finding}',
  alertOpened: 'picket.collector.alert.opened {alert}',
  alertFailed: 'picket.collector.alert.failed {evaluation}',
  alertDropped: 'picket.collector.alert.dropped {evaluation}',
  liveLost: 'picket.collector.live.lost {event}',
  modelOffered: 'picket.collector.model.offered {offer}',
  modelWithdrawn: 'picket.collector.model.withdrawn {withdrawal}',
  modelChunkSent: 'picket.collector.model.sent By',
  scheduleFailed: 'picket.collector.schedule.failed {run}',
} as const

export type CounterName = keyof typeof COUNTERS
export type { Logger } from 'pino'

/** The one place where the collector's metrics are declared and held. */
export class Telemetry {
  readonly #values = new Map<CounterName, number>()

  add(name: CounterName, amount = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + amount)
  }

  get(name: CounterName): number {
    return this.#values.get(name) ?? 0
  }

  /** Values by OpenTelemetry name, only those that are not zero. */
  snapshot(): Record<string, number> {
    const entries = [...this.#values].map(([name, value]) => [COUNTERS[name].split(' ')[0], value] as const)
    return Object.fromEntries(entries)
  }
}

/** JSON lines on standard error. */
export function createLogger(level: string): Logger {
  return pino({ base: { name: 'collector' }, level }, pino.destination({ dest: 2, sync: true }))
}
