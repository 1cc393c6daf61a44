import { FEATURE_COUNT, FEATURE_SET_VERSION, flowFeatures } from '@picket/ml/features'
import type { Batch, CollectorMessage, Records } from '@picket/proto'
import { commitBatch, cursorOf } from '@picket/store'
import type { Database } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import { Backoff } from './backoff.ts'
import { decodePayload } from './payload.ts'
import { isPermanent } from './permanent-failure.ts'
import { Turnstile } from './turnstile.ts'

const RETRY = { firstMs: 100, maxMs: 5_000 }
/** Batches decoded and committed at once over all sensors: more would only queue inside the database's pool. */
const MAX_COMMITTING = 4

/** Whose batch it is. */
/** Of flows whose packets were only counted. */
const NO_FEATURES = new Float32Array(FEATURE_COUNT).fill(NaN)

export interface BatchSource {
  readonly sensorId: string
  readonly hostname: string
  /** Sensor clock minus collector clock, microseconds. */
  readonly clockOffsetUs: number
}

/** Told once of every batch that was newly stored; must not throw and must not wait. */
export type StoredListener = (source: BatchSource, records: Records) => void

export interface BatchIntakeOptions {
  database: Database
  telemetry: Telemetry
  logger: Logger
  random: () => number
  onStored: StoredListener
}

/**
 * From a batch to its answer. An acknowledgement follows the commit, never precedes it; a batch that can never be
 * stored is rejected; while the store cannot be reached the batch is held and tried again, and nothing else of that
 * sensor is read. It is held as it came, compressed, because thousands of flows as objects take fifty times the room;
 * and it is decoded again only after the store has answered a small question.
 */
export class BatchIntake {
  readonly #options: BatchIntakeOptions
  readonly #turnstile = new Turnstile(MAX_COMMITTING)
  /** Whether the last commit failed and may work again. */
  #storeIsFailing = false

  constructor(options: BatchIntakeOptions) {
    this.#options = options
  }

  /** The answer to send, or undefined when the signal ended the attempt and nothing may be said. */
  async take(source: BatchSource, batch: Batch, signal: AbortSignal): Promise<CollectorMessage | undefined> {
    const { random } = this.#options
    const backoff = new Backoff({ ...RETRY, random })
    for (;;) {
      const answer = await this.#turnstile.pass(() => this.#attempt(source, batch))
      if (answer !== 'again') return answer
      if (!(await backoff.wait(signal))) return undefined
    }
  }

  async #attempt(source: BatchSource, batch: Batch): Promise<CollectorMessage | 'again'> {
    if (!Number.isSafeInteger(batch.sequence) || batch.sequence < 1) {
      return this.#reject(source, batch, 'invalid', 'the sequence must be a whole number from 1')
    }
    try {
      if (this.#storeIsFailing) await cursorOf(this.#options.database, source.sensorId, batch.epoch)
      const decoded = await decodePayload(batch.payload)
      if (!decoded.ok) return this.#reject(source, batch, decoded.code, decoded.detail)
      const answer = await this.#commit(source, batch, decoded.records)
      if (this.#storeIsFailing) this.#options.logger.info('the store is back, batches are stored again')
      this.#storeIsFailing = false
      return answer
    } catch (error) {
      return this.#failed(source, batch, error)
    }
  }

  async #commit(source: BatchSource, batch: Batch, records: Records): Promise<CollectorMessage> {
    const { database, telemetry, onStored } = this.#options
    const { epoch, sequence } = batch
    const result = await commitBatch(database, {
      sensorId: source.sensorId,
      epoch,
      sequence,
      records,
      receivedAt: Date.now(),
      features: (flow) => (flow.countersOnly ? NO_FEATURES : flowFeatures(flow)),
      featureSetVersion: FEATURE_SET_VERSION,
    })
    telemetry.add(result.stored ? 'batchStored' : 'batchDuplicate')
    telemetry.add('flowStored', result.counts.flows)
    if (result.stored) onStored(source, records)
    return { acknowledgement: { epoch, sequence: result.sequence } }
  }

  #failed(source: BatchSource, batch: Batch, error: unknown): CollectorMessage | 'again' {
    const { telemetry, logger } = this.#options
    const { epoch, sequence } = batch
    if (isPermanent(error)) {
      return this.#reject(source, batch, 'invalid', `the store does not take these records: ${messageOf(error)}`)
    }
    telemetry.add('batchRetried')
    const level = this.#storeIsFailing ? 'debug' : 'warn'
    this.#storeIsFailing = true
    logger[level]({ sensorId: source.sensorId, epoch, sequence, error: messageOf(error) }, 'batch held, store failing')
    return 'again'
  }

  #reject(source: BatchSource, batch: Batch, code: string, detail: string): CollectorMessage {
    const { epoch, sequence } = batch
    this.#options.telemetry.add('batchRejected')
    this.#options.logger.warn({ sensorId: source.sensorId, epoch, sequence, code, detail }, 'batch rejected')
    return { rejection: { epoch, sequence, code, detail } }
  }
}
