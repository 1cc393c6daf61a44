import { readDataset } from '../dataset/read-dataset.ts'
import { readFlows } from '../dataset/read-flows.ts'
import { readTable } from '../dataset/read-table.ts'
import { MlError } from '../errors.ts'
import { evaluateAnomaly, evaluateClassifier } from '../evaluation/index.ts'
import { FEATURE_SET_HASH } from '../features/index.ts'
import { readModelFolder } from '../model/model-folder.ts'
import type { Model } from '../model/model-description.ts'
import { UsageError, type EvaluateArguments } from './arguments.ts'
import { normalTest } from '../dataset/normal-label.ts'

/** Judges a model folder on labelled files; returns what is printed. */
export async function evaluate(options: EvaluateArguments): Promise<Record<string, unknown>> {
  const model = await readModelFolder(options.model)
  const data = await readSource(options, model)
  const report =
    model.description.kind === 'traffic-classifier'
      ? await evaluateClassifier(model, data)
      : await evaluateAnomaly(model, data, normalTest(options.normal, data.classes))
  return { model: model.description.id, kind: model.description.kind, ...report }
}

async function readSource(options: EvaluateArguments, { description }: Model) {
  if (options.flows || options.dataset !== undefined) {
    if (description.featureSetHash !== FEATURE_SET_HASH) {
      throw new MlError(
        'MODEL_FEATURE_SET',
        `model ${description.id} was trained on a table with other columns than flows have; use --table`,
      )
    }
    return options.dataset === undefined ? readFlows(options.flows ?? []) : readDataset(options.dataset, 'test')
  }
  if (!options.label) throw new UsageError('evaluate: --table needs --label COLUMN')
  return (await readTable(options.table ?? '', { label: options.label, columns: description.featureNames })).data
}
