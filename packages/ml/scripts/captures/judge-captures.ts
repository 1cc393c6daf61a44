import type { Flow } from '@picket/proto'
import { classifyByPort, classifyByRules } from '../../src/classification/index.ts'
import { RowCollector } from '../../src/dataset/row-collector.ts'
import { confusion, perClass } from '../../src/evaluation/index.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../../src/features/index.ts'
import { fitClassifierOnThreads } from '../../src/training/train-model.ts'
import { foldsByCapture } from './capture-folds.ts'
import type { LabelledFlow } from './labelled-flows.ts'

const FOLDS = 5
const SEED = 1
/** As the sensor: a model that is less sure than this leaves the answer to the port. */
const LEAST_CONFIDENCE = 0.5
const UNKNOWN = 'unknown'

export interface JudgedFlow extends LabelledFlow {
  /** The model's best class, from features alone, and how sure it is. */
  model: { class: string; confidence: number }
}

/** Every capture by a model of the captures of the other folds: rows of one capture are never on both sides. */
export async function judgeByCapture(flows: readonly LabelledFlow[]): Promise<JudgedFlow[]> {
  const foldOf = foldsByCapture(
    flows.map(({ capture }) => capture),
    FOLDS,
  )
  const judged: JudgedFlow[] = []
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = flows.filter(({ capture }) => foldOf.get(capture) === fold)
    const { forest, classes } = await fitClassifierOnThreads(
      toRows(flows.filter(({ capture }) => foldOf.get(capture) !== fold)),
      { seed: SEED, minLeafRows: 2, classWeights: 'balanced', outOfBag: true },
    )
    const probabilities = forest.predict(toRows(held).rows)
    held.forEach((flow, i) => {
      const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length)
      const confidence = Math.max(...row)
      judged.push({ ...flow, model: { class: classes[row.indexOf(confidence)], confidence } })
    })
  }
  return judged
}

function toRows(flows: readonly LabelledFlow[]) {
  const collector = new RowCollector(FEATURE_COUNT)
  for (const { features, label } of flows) collector.add(features, label)
  return collector.finish(FEATURE_NAMES)
}

export const ANSWERS: Record<string, (flow: JudgedFlow) => string> = {
  'port alone': ({ flow }) => classifyByPort(portsOf(flow))?.class ?? UNKNOWN,
  'model alone, made to answer': ({ model }) => model.class,
  'model alone, abstains below 0.5': ({ model }) => (model.confidence >= LEAST_CONFIDENCE ? model.class : UNKNOWN),
  'hybrid without names': ({ flow, model }) => hybrid({ ...flow, hostName: '' }, model),
  hybrid: ({ flow, model }) => hybrid(flow, model),
}

const portsOf = ({ protocol, sourcePort, destinationPort, reverse }: Flow): Flow =>
  ({ protocol, sourcePort, destinationPort, reverse, protocolName: '' }) as Flow

function hybrid(flow: Flow, model: JudgedFlow['model']): string {
  const settled = classifyByRules(flow)?.class
  if (settled) return settled
  return model.confidence >= LEAST_CONFIDENCE ? model.class : (classifyByPort(flow)?.class ?? UNKNOWN)
}

export interface CaptureFigures {
  flows: number
  macroF1: number
  accuracy: number
  answered: number
}

/** Macro-F1 over the classes that nDPI gave; no answer is a wrong one. */
export function figuresOf(flows: readonly JudgedFlow[], answer: (flow: JudgedFlow) => string): CaptureFigures {
  const answers = flows.map(answer)
  const classes = [...new Set([...flows.map(({ label }) => label), ...answers])].sort()
  const actual = flows.map(({ label }) => classes.indexOf(label))
  const counts = confusion(
    actual,
    answers.map((name) => classes.indexOf(name)),
    classes.length,
  )
  const present = perClass(counts).filter(({ support }) => support > 0)
  return {
    flows: flows.length,
    macroF1: present.reduce((sum, { f1 }) => sum + f1, 0) / present.length,
    accuracy: answers.filter((name, i) => name === flows[i].label).length / flows.length,
    answered: answers.filter((name) => name !== UNKNOWN).length / flows.length,
  }
}

/** Where no recogniser settles the class: what the model is there for. */
export const isUnsettled = ({ flow }: JudgedFlow): boolean => classifyByRules({ ...flow, hostName: '' }) === undefined
