import { judgeFitness, type Fitness } from '@picket/ml/fitness'
import { FEATURE_NAMES } from '@picket/ml/features'
import type { Model } from '@picket/ml/scoring'
import { listFitness, listModels, listRollouts, listSensors, recordAudit, recordFitness } from '@picket/store'
import type { Database, FitnessRow, ModelRow, NewFitness, SensorRow } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger } from '../telemetry.ts'
import type { ModelRegistry } from '../train/model-registry.ts'
import { hostRows } from './host-rows.ts'
import { shadowScores } from './shadow-scores.ts'

/** A model that is not ready somewhere is looked at again this often: more flows came, or other ones. */
const AGAIN_AFTER_MS = 5 * 60_000
/** Features shown to people. */
const SHOWN_FEATURES = 12

export interface FitnessRoundOptions {
  database: Database
  registry: Pick<ModelRegistry, 'open' | 'inUseOn'>
  live: LiveFeed
  logger: Logger
  now: () => number
  /** Called when a model became ready somewhere. */
  onReady: () => void
}

/**
 * Judges, before a model is offered to a sensor, whether it fits that host: on the flows the host has sent, which are here
 * already, so that an unfit model costs the host neither a download nor memory. A refused model is not offered; in the shadow it
 * scores here, apart from the scores in use, and is judged again until it is ready.
 */
export class FitnessRound {
  readonly #options: FitnessRoundOptions
  #running: Promise<void> = Promise.resolve()

  constructor(options: FitnessRoundOptions) {
    this.#options = options
  }

  /** Looks at every model that is rolled out and every sensor. Rounds follow one another. */
  run(signal?: AbortSignal): Promise<void> {
    this.#running = this.#running.catch(() => {}).then(() => this.#judgeAll(signal))
    return this.#running
  }

  async #judgeAll(signal: AbortSignal | undefined): Promise<void> {
    const { database, logger } = this.#options
    const [models, rollouts] = await Promise.all([listModels(database), listRollouts(database, { current: true })])
    const offered = new Set(rollouts.map(({ modelId }) => modelId))
    const current = models.filter(({ id, state }) => offered.has(id) && state !== 'retired')
    if (current.length === 0) return
    const sensors = (await listSensors(database)).filter(({ state }) => state !== 'retired')
    const known = await listFitness(database, [...offered])
    for (const row of current) {
      const due = sensors.filter((sensor) => this.#isDue(known.find(isOf(row, sensor))))
      if (due.length === 0) continue
      try {
        await this.#judgeOn(row, due, known, signal)
      } catch (error) {
        signal?.throwIfAborted()
        logger.warn({ modelId: row.id, error: messageOf(error) }, 'model not judged')
      }
    }
  }

  #isDue(known: FitnessRow | undefined): boolean {
    return known === undefined || (known.verdict !== 'ready' && this.#options.now() - known.judgedAt > AGAIN_AFTER_MS)
  }

  async #judgeOn(row: ModelRow, sensors: SensorRow[], known: FitnessRow[], signal?: AbortSignal): Promise<void> {
    const { registry, onReady } = this.#options
    const model = await registry.open(row.id)
    let becameReady = false
    for (const sensor of sensors) {
      signal?.throwIfAborted()
      const fitness = await this.#judge(model, sensor)
      const before = known.find(isOf(row, sensor))?.verdict
      await this.#keep(fitness, sensor, row, before)
      if (fitness.verdict === 'ready') becameReady = true
    }
    if (becameReady) onReady()
  }

  async #judge(model: Model, { sensorId }: SensorRow): Promise<NewFitness> {
    const { database, registry, now } = this.#options
    const { id: modelId, kind, reference } = model.description
    const host = await hostRows(database, sensorId, kind, now())
    const judged = reference ? judgeFitness(reference, FEATURE_NAMES, host.rows) : unjudged(host.rows)
    const beside = await registry.inUseOn(sensorId, kind)
    const isShadow = judged.verdict === 'shadow' && host.rows.length > 0
    return {
      sensorId,
      modelId,
      verdict: judged.verdict,
      reason: judged.reason,
      flows: judged.rows,
      changedShare: judged.changedShare,
      outsideShare: judged.outsideShare,
      features: judged.features
        .slice(0, SHOWN_FEATURES)
        .map(({ feature, psi, ks, absent, outside }) => ({ feature, psi, ks, absent, outside })),
      shadow: isShadow ? await shadowScores(model, beside, host) : null,
    }
  }

  /** A verdict that is new and not "ready" is an event: in the log, in the audit list and on open pages. */
  async #keep(fitness: NewFitness, sensor: SensorRow, row: ModelRow, before: string | undefined): Promise<void> {
    const { database, live, logger } = this.#options
    await recordFitness(database, fitness)
    if (fitness.verdict === before) return
    live.publish({ type: 'model', modelId: row.id, state: row.state })
    const { sensorId, modelId, verdict, reason } = fitness
    logger.info({ sensorId, modelId, verdict, reason }, 'model judged on a host')
    if (verdict === 'ready' && before === undefined) return
    const features = fitness.features.slice(0, 3).map(({ feature }) => feature)
    const detail = { sensorId, hostname: sensor.hostname, verdict, reason, features }
    await recordAudit(database, { actor: 'picket', action: `model.${verdict}`, subject: modelId, detail })
  }
}

const isOf = (model: ModelRow, sensor: SensorRow) => (known: FitnessRow) =>
  known.modelId === model.id && known.sensorId === sensor.sensorId

/** Of models made before descriptions held what their rows were like. */
function unjudged(rows: Float32Array): Fitness {
  const reason = 'its description does not say what it was trained on; train it again'
  const count = rows.length / FEATURE_NAMES.length
  return { verdict: 'shadow', reason, rows: count, changedShare: 0, outsideShare: 0, features: [] }
}
