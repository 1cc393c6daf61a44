import { UNLABELLED, positionsWhere, selectRows, type LabelledRows } from '../dataset/labelled-rows.ts'
import { MlError } from '../errors.ts'
import type { Model } from '../model/model-description.ts'
import { compareAuc, type AucComparison } from './auc-interval.ts'
import { compareMacroF1, type F1Comparison } from './f1-interval.ts'
import { largestOf, runModel } from './run-model.ts'

/** Labelled rows of which some belong together: equal numbers, one block (a host and a span of time, a capture). */
export interface BlockedRows extends LabelledRows {
  readonly blocks: Uint32Array
}

/** Macro-F1 of one or two classifiers on the labelled rows. Throws EVALUATION_LABELS without any. */
export async function compareClassifiers(
  models: readonly [Model, Model?],
  data: BlockedRows,
  seed: number,
): Promise<F1Comparison> {
  const positions = positionsWhere(data, (label) => label !== undefined)
  if (positions.length === 0) throw new MlError('EVALUATION_LABELS', 'evaluate: no row has a label')
  const labelled = selectRows(data, positions)
  const known = models.flatMap((model) => model?.description.classes ?? [])
  const classes = [...new Set([...known, ...data.classes])]
  const actual = labelled.labels.map((label) => classes.indexOf(data.classes[label]))
  const [first, second] = await inTurn(models, (model) => answersOf(model, labelled, classes))
  const blocks = Uint32Array.from(positions, (at) => data.blocks[at])
  return compareMacroF1([first!, second], actual, blocks, { classes: classes.length, seed })
}

/** ROC areas of one or two anomaly models; `isNormal` says which labels are usual. Throws EVALUATION_LABELS unless there are both. */
export async function compareAnomalyModels(
  models: readonly [Model, Model?],
  data: BlockedRows,
  isNormal: (label: string | undefined) => boolean,
): Promise<AucComparison> {
  const positive = Array.from(data.labels, (label) => !isNormal(label === UNLABELLED ? undefined : data.classes[label]))
  const unusual = positive.filter(Boolean).length
  if (unusual === 0 || unusual === positive.length) {
    throw new MlError(
      'EVALUATION_LABELS',
      `evaluate: needs usual and other rows, found ${positive.length - unusual} and ${unusual}`,
    )
  }
  const [first, second] = await inTurn(models, (model) => runModel(model, data, 'score'))
  return compareAuc([first!, second], positive, data.blocks)
}

async function answersOf(model: Model, data: LabelledRows, classes: readonly string[]): Promise<Uint16Array> {
  const own = model.description.classes ?? []
  const probabilities = await runModel(model, data, 'probabilities')
  return Uint16Array.from(data.labels, (_, i) =>
    classes.indexOf(own[largestOf(probabilities, i * own.length, own.length)]),
  )
}

async function inTurn<T>(models: readonly (Model | undefined)[], run: (model: Model) => Promise<T>) {
  const results: (T | undefined)[] = []
  for (const model of models) results.push(model && (await run(model)))
  return results
}
