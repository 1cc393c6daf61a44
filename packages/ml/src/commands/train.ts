import { positionsWhere, rowCount, selectRows, type LabelledRows } from '../dataset/labelled-rows.ts'
import { readDataset } from '../dataset/read-dataset.ts'
import { readFlows } from '../dataset/read-flows.ts'
import { readTable } from '../dataset/read-table.ts'
import { describeRows } from '../fitness/index.ts'
import { writeModelFolder } from '../model/model-folder.ts'
import { toRowText } from '../model/row-text.ts'
import {
  describeModel,
  fitAnomaly,
  fitAutoencoder,
  fitClassifierOnThreads,
  fitSequenceAutoencoder,
} from '../training/train-model.ts'
import { UsageError, type TrainArguments } from './arguments.ts'

/** Share of the rows it learned from that an anomaly model made on the command line flags. */
const ANOMALY_THRESHOLD = 0.99

const FIT_USUAL = {
  'isolation-forest': fitAnomaly,
  autoencoder: fitAutoencoder,
  'sequence-autoencoder': fitSequenceAutoencoder,
}

/** Trains one model on files and writes its folder; returns what is printed. */
export async function train(options: TrainArguments): Promise<Record<string, unknown>> {
  const startedAt = performance.now()
  const { data, notNumeric } = await readSource(options)
  const isAnomaly = options.kind !== 'random-forest'
  const isUsed = isAnomaly
    ? (label: string | undefined) => options.normal === undefined || label === options.normal
    : (label: string | undefined) => label !== undefined
  const used = selectRows(data, positionsWhere(data, isUsed))
  if (rowCount(used) === 0 && rowCount(data) > 0) {
    throw new UsageError(
      isAnomaly
        ? `--normal ${options.normal}: no row has this label; found ${data.classes.slice(0, 12).join(', ')}`
        : 'no row has a label; meter lines need picket.label, tables --label COLUMN',
    )
  }
  const model = await fit(options, used, [
    ...(options.flows ?? []),
    ...(options.table ? [options.table] : []),
    ...(options.dataset ? [options.dataset] : []),
  ])
  model.description.reference = describeRows(used.rows, used.featureNames.length)
  await writeModelFolder(options.out, model)
  return {
    id: model.description.id,
    kind: model.description.kind,
    out: options.out,
    rows: rowCount(used),
    features: data.featureNames.length,
    ...(model.description.classes && { classes: model.description.classes }),
    ...(notNumeric.length > 0 && { not_numeric: notNumeric }),
    seconds: Math.round(performance.now() - startedAt) / 1000,
  }
}

async function readSource(options: TrainArguments): Promise<{ data: LabelledRows; notNumeric: string[] }> {
  if (options.dataset !== undefined) return { data: await readDataset(options.dataset, 'train'), notNumeric: [] }
  if (options.flows) return { data: await readFlows(options.flows), notNumeric: [] }
  if (options.kind === 'random-forest' && !options.label)
    throw new UsageError('train random-forest: --label COLUMN is missing')
  if (options.normal !== undefined && !options.label) throw new UsageError('--normal VALUE needs --label COLUMN')
  return readTable(options.table ?? '', options)
}

async function fit(options: TrainArguments, data: LabelledRows, files: string[]) {
  const facts = {
    metrics: { rows: rowCount(data) },
    trainedAt: new Date().toISOString(),
    lineage: {
      files,
      rows: rowCount(data),
      seed: options.seed,
      ...(options.normal !== undefined && { normal: options.normal }),
    },
  }
  if (options.kind !== 'random-forest') {
    return describeModel(FIT_USUAL[options.kind](data, { seed: options.seed }), data.featureNames, undefined, {
      ...facts,
      threshold: ANOMALY_THRESHOLD,
      typicalRows: toRowText(data.rows, data.featureNames.length),
    })
  }
  const { forest, classes } = await fitClassifierOnThreads(data, { seed: options.seed, outOfBag: true })
  const metrics = { ...facts.metrics, ...(forest.outOfBag && { outOfBagAccuracy: forest.outOfBag.accuracy }) }
  return describeModel(forest, data.featureNames, classes, { ...facts, metrics, threshold: 0.5 })
}
