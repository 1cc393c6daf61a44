import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelOffer, ModelStatus, ModelWithdrawal, SensorServiceClient } from '@picket/proto'
import { writeAtomically } from '../atomic-file.ts'
import { reasonOf } from '../errors.ts'
import type { Telemetry } from '../telemetry.ts'
import { downloadModel, refusalOf } from './model-download.ts'
import { noteWithdrawn, withdrawnModels } from './withdrawn-models.ts'

/** What uses models. */
export interface ModelTarget {
  /** Identifiers of the models in use, by kind. */
  readonly activeModels: Readonly<Record<string, string>>
  /** Takes an archive into use between two scoring calls; fails when it is not a usable model of that kind. */
  replaceModel(archive: Uint8Array, offered: { kind: string; modelId: string }): Promise<void>
  /** Goes back to the model of a kind that comes with the sensor, or to none where that is among the `withdrawn`. */
  restoreBundled(kind: string, withdrawn: ReadonlySet<string>): Promise<void>
}

export interface ModelUpdaterOptions {
  /** Where downloads and the models in use are kept. */
  readonly folder: string
  readonly featureSetHash: string
  readonly target: ModelTarget
  readonly telemetry: Telemetry
}

type Say = (state: string, detail?: string) => void

/** From an offer to a model in use: check, fetch, verify, swap, keep. One offer at a time, in order. */
export class ModelUpdater {
  readonly #options: ModelUpdaterOptions
  #queue: Promise<void> = Promise.resolve()

  constructor(options: ModelUpdaterOptions) {
    this.#options = options
  }

  /** Deals with one offer and reports every step; never fails. */
  handle(offer: ModelOffer, client: SensorServiceClient, report: (status: ModelStatus) => void): Promise<void> {
    const say = (state: string, detail = '') => report({ modelId: offer.modelId, state, detail })
    this.#queue = this.#takeAfter(this.#queue, offer, client, say)
    return this.#queue
  }

  /** Takes a model out of use, for good until it is offered again, and reports it; what is in use instead is reported too. */
  withdraw({ modelId, kind, reason }: ModelWithdrawal, report: (status: ModelStatus) => void): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#withdraw(modelId, kind)
        report({ modelId, state: 'withdrawn', detail: reason })
        const instead = this.#options.target.activeModels[kind]
        if (instead !== undefined && instead !== modelId) report({ modelId: instead, state: 'active', detail: '' })
      } catch (error) {
        report({ modelId, state: 'failed', detail: reasonOf(error) })
      }
    })
    return this.#queue
  }

  async #withdraw(modelId: string, kind: string): Promise<void> {
    const { folder, target, telemetry } = this.#options
    await mkdir(folder, { recursive: true })
    await noteWithdrawn(folder, modelId, true)
    if (target.activeModels[kind] !== modelId) return
    await target.restoreBundled(kind, await withdrawnModels(folder))
    await rm(join(folder, `${kind}.archive`), { force: true })
    telemetry.add('modelsWithdrawn')
  }

  async #takeAfter(before: Promise<void>, offer: ModelOffer, client: SensorServiceClient, say: Say): Promise<void> {
    await before
    try {
      await this.#take(offer, client, say)
    } catch (error) {
      this.#options.telemetry.add('modelsRefused')
      say('failed', reasonOf(error))
    }
  }

  async #take(offer: ModelOffer, client: SensorServiceClient, say: Say): Promise<void> {
    const { featureSetHash, folder, target, telemetry } = this.#options
    if (target.activeModels[offer.kind] === offer.modelId) return say('active')
    const refuse = (reason: string) => {
      telemetry.add('modelsRefused')
      say('refused', reason)
    }
    const refusal = refusalOf(offer, featureSetHash)
    if (refusal) return refuse(refusal)
    const checksum = Buffer.from(offer.sha256).toString('hex').slice(0, 16)
    const fetched = await downloadModel(client, offer, join(folder, `${offer.modelId}-${checksum}.part`))
    if ('refusal' in fetched) return refuse(fetched.refusal)
    say('downloaded')
    await target.replaceModel(fetched.archive, offer)
    await noteWithdrawn(folder, offer.modelId, false)
    telemetry.add('modelsActivated')
    say('active')
    await writeAtomically(join(folder, `${offer.kind}.archive`), fetched.archive)
  }
}
