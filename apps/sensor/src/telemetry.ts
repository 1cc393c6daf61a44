/** A number that only rises, or a level, with its OpenTelemetry name and UCUM unit. */
export interface Instrument {
  readonly name: string
  readonly unit: string
  readonly description: string
}

/** Every number the agent side keeps about itself; `flowsMetered = flowsBatched + flowsPending + gaps` at rest. */
const instruments = {
  flowsMetered: ['picket.sensor.flows.metered', '{flow}', 'Flow records the flow table exported'],
  packetsRead: ['picket.sensor.packets.read', '{packet}', 'Packets read by all sources'],
  flowsScored: ['picket.sensor.score.flows', '{flow}', 'Flow records scored'],
  flowsUnscored: [
    'picket.sensor.score.skipped',
    '{flow}',
    'Flow records passed on unscored: backlog or a failing model',
  ],
  flowsUnexplained: [
    'picket.sensor.score.unexplained',
    '{flow}',
    'Anomalous flow records without reasons: more a second than are explained',
  ],
  scoreFailures: ['picket.sensor.score.failures', '{error}', 'Scoring calls that failed'],
  detectFailures: ['picket.sensor.detect.failures', '{error}', 'Detector calls that failed'],
  findings: ['picket.sensor.findings', '{finding}', 'Findings of the detectors'],
  batches: ['picket.sensor.batches', '{batch}', 'Batches cut'],
  flowsBatched: ['picket.sensor.batch.flows', '{flow}', 'Flow records put into batches'],
  payloadBytes: ['picket.sensor.batch.bytes', 'By', 'Compressed octets of batches'],
  spoolBatches: ['picket.sensor.spool.batches', '{batch}', 'Batches waiting in the spool'],
  spoolBytes: ['picket.sensor.spool.bytes', 'By', 'Octets waiting in the spool'],
  batchesDiscarded: [
    'picket.sensor.spool.discarded.batches',
    '{batch}',
    'Batches discarded because the spool was full',
  ],
  flowsDiscarded: [
    'picket.sensor.spool.discarded.flows',
    '{flow}',
    'Flow records discarded: spool full or batch rejected',
  ],
  recordsCorrupt: ['picket.sensor.spool.corrupt', '{record}', 'Spool records or tails found corrupt on opening'],
  spoolFailures: ['picket.sensor.spool.failures', '{error}', 'Failed writes to the spool folder'],
  streamsOpened: ['picket.sensor.uplink.opened', '{stream}', 'Streams that were welcomed'],
  streamsFailed: ['picket.sensor.uplink.failed', '{stream}', 'Streams that failed or could not be opened'],
  batchesSent: ['picket.sensor.uplink.sent', '{batch}', 'Batches written to the stream, resent ones included'],
  batchesAcknowledged: ['picket.sensor.uplink.acknowledged', '{batch}', 'Batches acknowledged'],
  batchesRejected: ['picket.sensor.uplink.rejected', '{batch}', 'Batches the collector will never store'],
  messagesInvalid: ['picket.sensor.uplink.invalid', '{message}', 'Messages from the collector without known content'],
  modelsActivated: ['picket.sensor.model.activated', '{model}', 'Offered models taken into use'],
  modelsWithdrawn: [
    'picket.sensor.model.withdrawn',
    '{model}',
    'Models taken out of use, as they do not fit this host',
  ],
  modelsRefused: ['picket.sensor.model.refused', '{model}', 'Offered models refused or failed'],
  hostSamples: ['picket.sensor.host.samples', '{sample}', 'Host samples taken'],
  hostSampleFailures: ['picket.sensor.host.failures', '{error}', 'Host readings that failed'],
  healthRounds: ['picket.sensor.health.rounds', '{round}', 'Rounds of link probes'],
  healthSkipped: ['picket.sensor.health.skipped', '{round}', 'Rounds left out because the one before still ran'],
} as const satisfies Record<string, readonly [string, string, string]>

export type MetricName = keyof typeof instruments

/** The sensor's own counters and levels, passed in to every part. Writing is an addition to a number. */
export class Telemetry {
  readonly #values = new Map<MetricName, number>()

  add(metric: MetricName, amount = 1): void {
    this.#values.set(metric, this.get(metric) + amount)
  }

  set(metric: MetricName, value: number): void {
    this.#values.set(metric, value)
  }

  get(metric: MetricName): number {
    return this.#values.get(metric) ?? 0
  }

  /** Non-zero values under their OpenTelemetry names. */
  snapshot(): Record<string, number> {
    return Object.fromEntries(
      [...this.#values].filter(([, value]) => value !== 0).map(([metric, value]) => [instruments[metric][0], value]),
    )
  }

  /** What every number means. */
  static describe(): Instrument[] {
    return Object.values(instruments).map(([name, unit, description]) => ({ name, unit, description }))
  }
}
