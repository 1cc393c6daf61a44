import type { ModelOffer, ModelStatus } from '@picket/proto'
import { fitPairs, listModels, listRollouts, recordModelStatus } from '@picket/store'
import type { Database, FitPair, ModelRow, RolloutRow } from '@picket/store'
import type { SigningKey } from '../enroll/signing-key.ts'
import { messageOf } from '../errors.ts'
import type { ConnectedSensor, Fleet } from '../ingest/fleet.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger } from '../telemetry.ts'

const STATES = ['downloaded', 'active', 'refused', 'failed', 'withdrawn']
const MAX_DETAIL = 500

export interface ModelOffersOptions {
  database: Database
  fleet: Fleet
  signingKey: SigningKey
  live: LiveFeed
  logger: Logger
}

/** A rollout with its model, ready to be offered. */
interface Offer {
  rollout: RolloutRow
  model: ModelRow
}

/** Which models sensors are offered now, and what they said of them. */
export class ModelOffers {
  readonly #options: ModelOffersOptions
  #offers: Offer[] = []
  #models = new Map<string, ModelRow>()
  /** Sensor and model, for every model that was judged ready on a host. */
  #ready = new Set<string>()
  /** Models to be taken out of use, by sensor. */
  #steppedBack = new Map<string, FitPair[]>()

  constructor(options: ModelOffersOptions) {
    this.#options = options
  }

  /** Reads rollouts, models and verdicts; connected sensors are offered what has become theirs since the last time. */
  async refresh(): Promise<void> {
    const { database, fleet } = this.#options
    const [models, rollouts] = await Promise.all([listModels(database), listRollouts(database, { current: true })])
    const known = this.#models
    this.#models = new Map(models.map((model) => [model.id, model]))
    for (const sensor of fleet.all()) await this.#noteInUse(sensor, (modelId) => !known.has(modelId))
    const pairs = await fitPairs(database)
    const isOld = this.#isOffered()
    const ready = pairs.filter(({ steppedBack }) => !steppedBack)
    this.#ready = new Set(ready.map(({ sensorId, modelId }) => `${sensorId} ${modelId}`))
    this.#steppedBack = Map.groupBy(
      pairs.filter(({ steppedBack }) => steppedBack),
      ({ sensorId }) => sensorId,
    )
    this.#offers = rollouts.flatMap((rollout) => {
      const model = this.#models.get(rollout.modelId)
      return model !== undefined && model.state !== 'retired' ? [{ rollout, model }] : []
    })
    for (const sensor of fleet.all()) {
      this.#withdraw(sensor)
      this.#restore(sensor)
      this.#send(
        sensor,
        this.#offers.filter((offer) => !isOld(sensor.sensorId, offer)),
      )
    }
  }

  /** Notes what a sensor uses, takes out of use what it should not, and offers all it should have and does not; at hello. */
  async greet(sensor: ConnectedSensor): Promise<void> {
    await this.#noteInUse(sensor, () => true)
    this.#withdraw(sensor)
    this.#restore(sensor)
    this.#send(sensor, this.#offers)
  }

  /** A model that sensors may download. */
  get(modelId: string): ModelRow | undefined {
    return this.#models.get(modelId)
  }

  /** Keeps what a sensor said of a model; gives the model's kind when it is in use there from now on, or no longer. */
  async record(sensor: ConnectedSensor, report: ModelStatus): Promise<string | undefined> {
    const { database, live, logger } = this.#options
    const model = this.#models.get(report.modelId)
    if (model === undefined || !STATES.includes(report.state)) return undefined
    const detail = report.detail.slice(0, MAX_DETAIL)
    logger.info({ sensorId: sensor.sensorId, modelId: model.id, state: report.state, detail }, 'model status')
    try {
      await recordModelStatus(database, sensor.sensorId, model.id, report.state, detail)
    } catch (error) {
      logger.warn({ sensorId: sensor.sensorId, modelId: model.id, error: messageOf(error) }, 'model status not stored')
    }
    live.publish({ type: 'model', modelId: model.id, state: model.state })
    return report.state === 'active' || report.state === 'withdrawn' ? model.kind : undefined
  }

  /** Keeps that a sensor uses what it says it uses, of the models that are known by now. */
  async #noteInUse(sensor: ConnectedSensor, isWanted: (modelId: string) => boolean): Promise<void> {
    for (const modelId of Object.values(sensor.activeModels)) {
      if (!this.#models.has(modelId) || !isWanted(modelId)) continue
      await recordModelStatus(this.#options.database, sensor.sensorId, modelId, 'active')
    }
  }

  #withdraw(sensor: ConnectedSensor): void {
    for (const { modelId, reason } of this.#steppedBack.get(sensor.sensorId) ?? []) {
      const kind = this.#models.get(modelId)?.kind
      if (kind !== undefined && sensor.activeModels[kind] === modelId)
        sensor.sendModelWithdrawal({ modelId, kind, reason })
    }
  }

  /** A sensor without a model of a kind gets back the one it came with, once that is ready there. */
  #restore(sensor: ConnectedSensor): void {
    for (const model of this.#models.values()) {
      if (model.state !== 'bundled' || sensor.activeModels[model.kind] !== undefined) continue
      if (this.#ready.has(`${sensor.sensorId} ${model.id}`)) sensor.sendModelOffer(this.#toModelOffer(model))
    }
  }

  #send(sensor: ConnectedSensor, offers: readonly Offer[]): void {
    for (const { rollout, model } of offers) {
      const isFor = rollout.sensorIds.length === 0 || rollout.sensorIds.includes(sensor.sensorId)
      const isReady = this.#ready.has(`${sensor.sensorId} ${model.id}`)
      if (isFor && isReady && sensor.activeModels[model.kind] !== model.id)
        sensor.sendModelOffer(this.#toModelOffer(model))
    }
  }

  /** What was offered to whom until now: a rollout that is known to a sensor that was ready for it. */
  #isOffered(): (sensorId: string, offer: Offer) => boolean {
    const rollouts = new Set(this.#offers.map(({ rollout }) => rollout.id))
    const ready = this.#ready
    return (sensorId, { rollout, model }) => rollouts.has(rollout.id) && ready.has(`${sensorId} ${model.id}`)
  }

  #toModelOffer(model: ModelRow): ModelOffer {
    return {
      modelId: model.id,
      kind: model.kind,
      featureSetHash: model.featureSetHash,
      sizeBytes: model.sizeBytes,
      sha256: new Uint8Array(Buffer.from(model.sha256, 'hex')),
      signature: new Uint8Array(Buffer.from(model.signature, 'base64')),
      signingKey: this.#options.signingKey.publicKey,
    }
  }
}
