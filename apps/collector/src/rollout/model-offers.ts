import type { ModelOffer, ModelStatus } from '@picket/proto'
import { listModels, listRollouts, recordModelStatus } from '@picket/store'
import type { Database, ModelRow, RolloutRow } from '@picket/store'
import type { SigningKey } from '../enroll/signing-key.ts'
import { messageOf } from '../errors.ts'
import type { ConnectedSensor, Fleet } from '../ingest/fleet.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger } from '../telemetry.ts'

const STATES = ['downloaded', 'active', 'refused', 'failed']
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

  constructor(options: ModelOffersOptions) {
    this.#options = options
  }

  /** Reads rollouts and models; connected sensors are offered what they do not have. */
  async refresh(): Promise<void> {
    const { database, fleet } = this.#options
    const [models, rollouts] = await Promise.all([listModels(database), listRollouts(database, { current: true })])
    this.#models = new Map(models.map((model) => [model.id, model]))
    const before = new Set(this.#offers.map((offer) => offer.rollout.id))
    this.#offers = rollouts.flatMap((rollout) => {
      const model = this.#models.get(rollout.modelId)
      return model !== undefined && model.state !== 'retired' ? [{ rollout, model }] : []
    })
    const fresh = this.#offers.filter((offer) => !before.has(offer.rollout.id))
    for (const sensor of fleet.all()) this.#send(sensor, fresh)
  }

  /** Offers a sensor all it should have and does not; at hello. */
  offerTo(sensor: ConnectedSensor): void {
    this.#send(sensor, this.#offers)
  }

  /** A model that sensors may download. */
  get(modelId: string): ModelRow | undefined {
    return this.#models.get(modelId)
  }

  /** Keeps what a sensor said of a model; gives the model's kind when it is in use there from now on. */
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
    return report.state === 'active' ? model.kind : undefined
  }

  #send(sensor: ConnectedSensor, offers: readonly Offer[]): void {
    for (const { rollout, model } of offers) {
      const isFor = rollout.sensorIds.length === 0 || rollout.sensorIds.includes(sensor.sensorId)
      if (isFor && sensor.activeModels[model.kind] !== model.id) sensor.sendModelOffer(this.#toModelOffer(model))
    }
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
