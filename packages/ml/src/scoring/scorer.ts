import { setImmediate } from 'node:timers/promises'
import { ClassSource, type Flow } from '@picket/proto'
import { classifyByPort, classifyByRules, classifyProbeBursts, type Verdict } from '../classification/index.ts'
import { FEATURE_COUNT, flowFeatures } from '../features/index.ts'
import { SupportCounter } from '../fitness/support-counter.ts'
import type { Model, ModelDescription, ModelKind } from '../model/model-description.ts'
import { verifyBytes, verifyFeatureSet } from '../model/verify-model.ts'
import { ensembleAnomaly } from './ensemble.ts'
import { Session } from './session.ts'

/** Flows scored at once: bounds the memory of a run whatever the batch. */
const CHUNK = 1024

/** A classifier that says less than this is not believed, whatever its description says. */
const LEAST_CONFIDENCE = 0.5

const ANOMALY_KINDS = ['anomaly-forest', 'anomaly-autoencoder'] as const
const CLASS_KINDS = ['traffic-classifier'] as const

interface LoadedModel {
  model: Model
  description: ModelDescription
  session: Session
  /** Absent where the model does not say what it was trained on. */
  support: SupportCounter | undefined
}

/** How the flows scored lie to what a model learned from: those looked at, and those that hold something it never saw. */
export interface ModelSupport {
  modelId: string
  flows: number
  outside: number
}

/**
 * Scores flows on one host: class by rules, then the traffic classifier, then the port; anomaly by the anomaly forest and the
 * autoencoder, each a part of the ensemble; the model id names both. At most one model a kind;
 * without one the fields it would fill stay absent. Calls queue: a batch is scored by one set of models.
 */
export class Scorer {
  readonly #models = new Map<ModelKind, LoadedModel>()
  readonly #rows = new Float32Array(CHUNK * FEATURE_COUNT)
  #queue: Promise<void> = Promise.resolve()

  /** Throws MODEL_ALTERED, MODEL_FEATURE_SET or MODEL_UNREADABLE; nothing stays open then. */
  static async load(models: readonly Model[]): Promise<Scorer> {
    const scorer = new Scorer()
    try {
      for (const model of models) await scorer.replaceModel(model)
    } catch (error) {
      await scorer.close()
      throw error
    }
    return scorer
  }

  get models(): readonly ModelDescription[] {
    return [...this.#models.values()].map(({ description }) => description)
  }

  /** Of each model in use that says what it was trained on, since it is in use here. */
  get support(): ModelSupport[] {
    return [...this.#models.values()].flatMap(({ description, support }) =>
      support ? [{ modelId: description.id, flows: support.flows, outside: support.outside }] : [],
    )
  }

  /** Fills class, classConfidence, classSource, application, anomaly, anomalyParts and anomalyModelId in place. */
  score(flows: readonly Flow[]): Promise<void> {
    return this.#enqueue(async () => {
      const bursts = classifyProbeBursts(flows)
      for (let at = 0; at < flows.length; at += CHUNK) {
        // Models run on this thread: between two chunks whatever waits has its turn.
        if (at > 0) await setImmediate()
        await this.#scoreChunk(flows.slice(at, at + CHUNK), bursts)
      }
    })
  }

  /**
   * One output of the model of a kind for rows of features, row-major, for explanations; undefined without such a model. Waits for
   * batches before it.
   */
  async run(kind: ModelKind, rows: Float32Array, output: string): Promise<Float32Array | undefined> {
    let values: Float32Array | undefined
    await this.#enqueue(async () => {
      values = await this.#models.get(kind)?.session.run(rows, output)
    })
    return values
  }

  /** The model of a kind in use, its bytes included. */
  modelOf(kind: ModelKind): Model | undefined {
    return this.#models.get(kind)?.model
  }

  /**
   * Takes a model into use between two batches, in place of one of the same kind. The old one keeps scoring until the new one
   * has opened; if that is refused (codes as for load) the old one stays.
   */
  async replaceModel(model: Model): Promise<void> {
    verifyBytes(model)
    verifyFeatureSet(model.description)
    const session = await Session.open(model.onnx, FEATURE_COUNT)
    await this.#enqueue(async () => {
      const old = this.#models.get(model.description.kind)
      const { description } = model
      const support = description.reference && new SupportCounter(description.reference)
      this.#models.set(description.kind, { model, description, session, support })
      await old?.session.close()
    })
  }

  /** Takes the model of a kind out of use between two batches; what it would fill stays absent from then on. */
  removeModel(kind: ModelKind): Promise<void> {
    return this.#enqueue(async () => {
      const old = this.#models.get(kind)
      this.#models.delete(kind)
      await old?.session.close()
    })
  }

  /** Waits for what is queued, then frees the models. Idempotent. */
  close(): Promise<void> {
    return this.#enqueue(async () => {
      const open = [...this.#models.values()]
      this.#models.clear()
      for (const { session } of open) await session.close()
    })
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(work)
    this.#queue = result.catch(() => {})
    return result
  }

  async #scoreChunk(flows: readonly Flow[], bursts: ReadonlyMap<Flow, Verdict>): Promise<void> {
    for (let i = 0; i < flows.length; i++) flowFeatures(flows[i], this.#rows, i * FEATURE_COUNT)
    await this.#fillAnomaly(flows)
    const unsettled: number[] = []
    for (let i = 0; i < flows.length; i++) {
      const verdict = bursts.get(flows[i]) ?? classifyByRules(flows[i])
      if (verdict) setClass(flows[i], verdict)
      else unsettled.push(i)
      if (verdict?.class !== 'scan') this.#lookAt(ANOMALY_KINDS, i)
    }
    for (const i of unsettled) this.#lookAt(CLASS_KINDS, i)
    await this.#fillClass(flows, unsettled)
  }

  #lookAt(kinds: readonly ModelKind[], row: number): void {
    for (const kind of kinds) this.#models.get(kind)?.support?.look(this.#rows, row * FEATURE_COUNT)
  }

  async #fillAnomaly(flows: readonly Flow[]): Promise<void> {
    const rows = this.#rows.subarray(0, flows.length * FEATURE_COUNT)
    const [forest, autoencoder] = ANOMALY_KINDS.map((kind) => this.#models.get(kind))
    if (!forest && !autoencoder) return
    const id = [forest, autoencoder].flatMap((model) => model?.description.id ?? []).join('+')
    const byForest = await forest?.session.run(rows, 'anomaly')
    const byAutoencoder = await autoencoder?.session.run(rows, 'anomaly')
    for (let i = 0; i < flows.length; i++) {
      const parts = { forest: byForest?.[i], autoencoder: byAutoencoder?.[i], context: undefined }
      const flow = flows[i]
      flow.anomalyParts = parts
      flow.anomalyModelId = id
      flow.anomaly = ensembleAnomaly(parts)
    }
  }

  async #fillClass(flows: readonly Flow[], unsettled: readonly number[]): Promise<void> {
    if (unsettled.length === 0) return
    const classifier = this.#models.get('traffic-classifier')
    const classes = classifier?.description.classes ?? []
    const threshold = Math.max(LEAST_CONFIDENCE, classifier?.description.threshold ?? 0)
    // Rows of settled flows are overwritten: their anomaly is already known.
    unsettled.forEach((from, to) => {
      this.#rows.copyWithin(to * FEATURE_COUNT, from * FEATURE_COUNT, (from + 1) * FEATURE_COUNT)
    })
    const rows = this.#rows.subarray(0, unsettled.length * FEATURE_COUNT)
    const probabilities = await classifier?.session.run(rows, 'probabilities')
    unsettled.forEach((at, i) => {
      const row = probabilities?.subarray(i * classes.length, (i + 1) * classes.length)
      const best = row ? indexOfLargest(row) : -1
      if (row && row[best] >= threshold) {
        setClass(flows[at], { class: classes[best], confidence: row[best], source: ClassSource.MODEL, application: '' })
      } else setClass(flows[at], classifyByPort(flows[at]))
    })
  }
}

function indexOfLargest(values: Float32Array): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i
  return best
}

function setClass(
  flow: Flow,
  verdict: { class: string; confidence: number; source: ClassSource; application: string } | undefined,
): void {
  flow.class = verdict?.class ?? ''
  flow.classConfidence = verdict?.confidence ?? 0
  flow.classSource = verdict?.source ?? ClassSource.UNSPECIFIED
  if (verdict?.application) flow.application = verdict.application
}
