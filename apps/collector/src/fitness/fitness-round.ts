import { judgeFitness, type Fitness } from '@picket/ml/fitness'
import { FEATURE_NAMES } from '@picket/ml/features'
import type { Model } from '@picket/ml/scoring'
import {
  listFitness,
  listModels,
  listModelStatus,
  listRollouts,
  listSensors,
  recordAudit,
  recordFitness,
} from '@picket/store'
import type {
  AlertEvidence,
  Database,
  FitnessRow,
  ModelRow,
  ModelStatusRow,
  NewFitness,
  SensorRow,
} from '@picket/store'
import { messageOf } from '../errors.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger } from '../telemetry.ts'
import type { ModelRegistry } from '../train/model-registry.ts'
import { hasSteppedBack, isDue, type Standing } from './fitness-rule.ts'
import { hostRows } from './host-rows.ts'
import { shadowScores } from './shadow-scores.ts'
import { unfitAlert } from './unfit-alert.ts'

/** Features shown to people. */
const SHOWN_FEATURES = 12

export interface FitnessRoundOptions {
  database: Database
  registry: Pick<ModelRegistry, 'open' | 'inUseOn'>
  live: LiveFeed
  logger: Logger
  now: () => number
  /** Called when a model became ready somewhere, or stepped back. */
  onChanged: () => void
  /** Tells people of a model that was trained here and fits a host no longer. */
  alert: (evidence: AlertEvidence) => Promise<void>
}

/** What is known of models and hosts at the beginning of a round. */
interface Known {
  sensors: SensorRow[]
  fitness: FitnessRow[]
  statuses: ModelStatusRow[]
}

/**
 * Judges, before a model is offered to a sensor and while it is in use, whether it fits that host: on the flows the host has sent,
 * which are here already, so that an unfit model costs the host neither a download nor memory. A refused model is not offered; in
 * the shadow it scores here, apart from the scores in use, and is judged again until it is ready. One in use that is refused twice
 * in a row steps back into the shadow. Those that come with Picket are judged like those trained here.
 */
export class FitnessRound {
  readonly #options: FitnessRoundOptions
  #running: Promise<void> = Promise.resolve()

  constructor(options: FitnessRoundOptions) {
    this.#options = options
  }

  /** Looks at every model that is rolled out or in use, and every sensor. Rounds follow one another. */
  run(signal?: AbortSignal): Promise<void> {
    this.#running = this.#running.catch(() => {}).then(() => this.#judgeAll(signal))
    return this.#running
  }

  async #judgeAll(signal: AbortSignal | undefined): Promise<void> {
    const { database, logger, now } = this.#options
    const [models, rollouts] = await Promise.all([listModels(database), listRollouts(database, { current: true })])
    const offered = new Set(rollouts.map(({ modelId }) => modelId))
    const known = {
      sensors: (await listSensors(database)).filter(({ state }) => state !== 'retired'),
      fitness: await listFitness(
        database,
        models.map(({ id }) => id),
      ),
      statuses: await listModelStatus(database),
    }
    for (const row of models) {
      const isOffered = offered.has(row.id) && row.state !== 'retired'
      const due = known.sensors.filter((sensor) => {
        const standing = standingOf(row, sensor, known)
        const isConcerned = isOffered || standing.isInUse || standing.known?.steppedBack === true
        return isConcerned && isDue(standing, now())
      })
      if (due.length === 0) continue
      try {
        await this.#judgeOn(row, due, known, signal)
      } catch (error) {
        signal?.throwIfAborted()
        logger.warn({ modelId: row.id, error: messageOf(error) }, 'model not judged')
      }
    }
  }

  async #judgeOn(row: ModelRow, sensors: SensorRow[], known: Known, signal?: AbortSignal): Promise<void> {
    const { registry, onChanged } = this.#options
    const model = await registry.open(row.id)
    let hasChanged = false
    for (const sensor of sensors) {
      signal?.throwIfAborted()
      const standing = standingOf(row, sensor, known)
      const fitness = await this.#judge(model, sensor, standing)
      await this.#keep(fitness, sensor, row, standing.known)
      if (fitness.verdict === 'ready' || fitness.steppedBack) hasChanged = true
    }
    if (hasChanged) onChanged()
  }

  async #judge(model: Model, { sensorId }: SensorRow, standing: Standing): Promise<NewFitness> {
    const { database, registry, now } = this.#options
    const { id: modelId, kind, reference } = model.description
    const isWatched = standing.isInUse || standing.known?.steppedBack === true
    const host = await hostRows(database, sensorId, model.description, { now: now(), isWatched })
    const judged = reference ? judgeFitness(reference, FEATURE_NAMES, host.rows) : unjudged(host.rows)
    const beside = await registry.inUseOn(sensorId, kind)
    const steppedBack = hasSteppedBack(standing, judged.verdict)
    const isShadow = (judged.verdict === 'shadow' || steppedBack) && host.rows.length > 0
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
      steppedBack,
      judgedAt: now(),
    }
  }

  /** A verdict that is new and not "ready", and a step back, is an event: in the log, in the audit list and on open pages. */
  async #keep(fitness: NewFitness, sensor: SensorRow, row: ModelRow, before: FitnessRow | undefined): Promise<void> {
    const { database, live, logger } = this.#options
    await recordFitness(database, fitness)
    const stepsBack = fitness.steppedBack && before?.steppedBack !== true
    if (fitness.verdict === before?.verdict && !stepsBack) return
    live.publish({ type: 'model', modelId: row.id, state: row.state })
    const { sensorId, modelId, verdict, reason } = fitness
    logger.info({ sensorId, modelId, verdict, reason, stepsBack }, 'model judged on a host')
    if (verdict === 'ready' && before === undefined) return
    const features = fitness.features.slice(0, 3).map(({ feature }) => feature)
    const detail = { sensorId, hostname: sensor.hostname, verdict, reason, features }
    const action = stepsBack ? 'model.step-back' : `model.${verdict}`
    await recordAudit(database, { actor: 'picket', action, subject: modelId, detail })
    // Those that come with Picket know few networks: that they step back is expected, and the models page tells it.
    if (stepsBack && row.state !== 'bundled') await this.#tell(unfitAlert(row, sensor, fitness, this.#options.now()))
  }

  /** The step back stands whether or not the alert could be kept. */
  async #tell(evidence: AlertEvidence): Promise<void> {
    const { alert, logger } = this.#options
    await alert(evidence).catch((error: unknown) => {
      logger.warn({ modelId: evidence.entity, error: messageOf(error) }, 'alert of an unfit model not kept')
    })
  }
}

function standingOf(model: ModelRow, sensor: SensorRow, { fitness, statuses }: Known): Standing {
  const isOf = (row: { modelId: string; sensorId: string }) =>
    row.modelId === model.id && row.sensorId === sensor.sensorId
  return {
    known: fitness.find(isOf),
    isInUse: sensor.activeModels[model.kind] === model.id,
    status: statuses.find(isOf),
  }
}

/** Of models made before descriptions held what their rows were like. */
function unjudged(rows: Float32Array): Fitness {
  const reason = 'its description does not say what it was trained on; train it again'
  const count = rows.length / FEATURE_NAMES.length
  return { verdict: 'shadow', reason, rows: count, changedShare: 0, outsideShare: 0, features: [] }
}
