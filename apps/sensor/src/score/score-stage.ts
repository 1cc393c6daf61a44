import { setImmediate } from 'node:timers/promises'
import type { Finding, Flow } from '@picket/proto'
import {
  decodeModelArchive,
  loadBundledModels,
  type ModelKind,
  type ModelSupport,
  type Scorer,
} from '@picket/ml/scoring'
import type { Observation, Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import type { ModelTarget } from '../uplink/model-updater.ts'

/** More than these are worth a turn of the event loop between scoring and what follows. */
const FLOWS_A_TURN = 256

/** What sees scored flows and says what they add up to. */
export interface FlowDetector {
  observe(flows: readonly Flow[]): Finding[]
}

export interface DetectionThresholds {
  /** Distinct ports or hosts from which a source counts as scanning. */
  readonly scanThreshold: number
  /** Score from which a flow counts as anomalous, 0 to 1. */
  readonly anomalyThreshold: number
  /** Anomalous flows wanted a day, for which the threshold of each interface is solved; 0 holds the threshold above. */
  readonly anomaliesADay: number
}

export interface ScoreStageOptions {
  readonly scorer: Pick<Scorer, 'score' | 'replaceModel' | 'removeModel' | 'models' | 'support' | 'close'>
  /** What comes after the models, in place: the context of the flows, their rank among those of this host, reasons. */
  readonly refine?: (flows: readonly Flow[]) => void | Promise<void>
  readonly createDetector: (thresholds: DetectionThresholds) => FlowDetector
  readonly thresholds: DetectionThresholds
  readonly telemetry: Telemetry
  /** Where observations go, in the order they came, with what the detectors found. */
  readonly onScored: (observation: Observation, findings: Finding[]) => void
  readonly onFailure: (error: unknown) => void
  /** Flow records that may wait for scoring; beyond it they go on unscored. */
  readonly maxWaitingFlows?: number
}

/**
 * Scores flows, then shows them to the detectors, then hands them on. Nothing is ever lost here: a failing model or a
 * backlog costs the score, and is counted. Models are swapped between two scoring calls.
 */
export class ScoreStage implements Stage, ModelTarget {
  /** Whether flows go on unscored, counted, those that wait included: the sensor has to do less. */
  isResting = false
  readonly #options: ScoreStageOptions & { maxWaitingFlows: number }
  #detector: FlowDetector
  #thresholds: DetectionThresholds
  #queue: Promise<void> = Promise.resolve()
  #waitingFlows = 0

  constructor(options: ScoreStageOptions) {
    this.#options = { maxWaitingFlows: 50_000, ...options }
    this.#thresholds = options.thresholds
    this.#detector = options.createDetector(options.thresholds)
  }

  get activeModels(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#options.scorer.models.map(({ kind, id }) => [kind, id]))
  }

  /** How the flows scored lie to what the models in use learned from. */
  get support(): ModelSupport[] {
    return this.#options.scorer.support
  }

  get thresholds(): DetectionThresholds {
    return this.#thresholds
  }

  /** Takes an observation; its turn comes after those before it. */
  accept(observation: Observation): void {
    const isBacklogged = this.#waitingFlows + observation.flows.length > this.#options.maxWaitingFlows
    this.#waitingFlows += observation.flows.length
    this.#queue = this.#workOff(this.#queue, observation, isBacklogged)
  }

  async #workOff(before: Promise<void>, observation: Observation, isBacklogged: boolean): Promise<void> {
    await before
    const { flows } = observation
    if (isBacklogged || this.isResting) this.#options.telemetry.add('flowsUnscored', flows.length)
    else if (flows.length > 0) await this.#score(flows)
    // Models run on this thread: packets and the uplink have their turn before what follows.
    if (flows.length > FLOWS_A_TURN) await setImmediate()
    this.#waitingFlows -= flows.length
    const findings = this.#detect(flows)
    this.#options.onScored(observation, findings)
  }

  /** Settles when everything accepted so far has been handed on. */
  drain(): Promise<void> {
    return this.#queue
  }

  /** New thresholds make a new detector, which has gathered nothing yet; the same ones change nothing. */
  setThresholds(thresholds: DetectionThresholds): void {
    const before = this.#thresholds
    const isSame =
      thresholds.scanThreshold === before.scanThreshold &&
      thresholds.anomalyThreshold === before.anomalyThreshold &&
      thresholds.anomaliesADay === before.anomaliesADay
    if (isSame) return
    this.#thresholds = thresholds
    this.#detector = this.#options.createDetector(thresholds)
  }

  async replaceModel(archive: Uint8Array, offered: { kind: string; modelId: string }): Promise<void> {
    const model = decodeModelArchive(archive)
    const { kind, id } = model.description
    if (kind !== offered.kind || id !== offered.modelId)
      throw new Error(`the archive holds ${kind} ${id}, the offer said ${offered.kind} ${offered.modelId}`)
    await this.#options.scorer.replaceModel(model)
  }

  async restoreBundled(kind: string, withdrawn: ReadonlySet<string>): Promise<void> {
    const { scorer } = this.#options
    const bundled = (await loadBundledModels().catch(() => [])).find(({ description }) => description.kind === kind)
    if (bundled !== undefined && !withdrawn.has(bundled.description.id)) await scorer.replaceModel(bundled)
    else await scorer.removeModel(kind as ModelKind)
  }

  start(): Promise<void> {
    return Promise.resolve()
  }

  /** Hands on what was accepted, then frees the models. */
  async stop(): Promise<void> {
    await this.#queue
    await this.#options.scorer.close()
  }

  /** Models know flows with all of their statistics: those of which packets were only counted go on unscored. */
  async #score(all: Flow[]): Promise<void> {
    const { scorer, refine, telemetry, onFailure } = this.#options
    const flows = all.some((flow) => flow.countersOnly) ? all.filter((flow) => !flow.countersOnly) : all
    telemetry.add('flowsUnscored', all.length - flows.length)
    if (flows.length === 0) return
    try {
      await scorer.score(flows)
      await refine?.(flows)
      telemetry.add('flowsScored', flows.length)
    } catch (error) {
      telemetry.add('scoreFailures')
      telemetry.add('flowsUnscored', flows.length)
      onFailure(error)
    }
  }

  #detect(flows: readonly Flow[]): Finding[] {
    try {
      const findings = this.#detector.observe(flows)
      this.#options.telemetry.add('findings', findings.length)
      return findings
    } catch (error) {
      this.#options.telemetry.add('detectFailures')
      this.#options.onFailure(error)
      return []
    }
  }
}
