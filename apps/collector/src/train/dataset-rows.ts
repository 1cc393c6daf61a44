import { FEATURE_COUNT } from '@picket/ml/features'
import { normalTest, readDataset } from '@picket/ml/dataset'
import { UNLABELLED } from '@picket/ml/evaluation'
import type { ModelKind } from '@picket/store'
import { Holdout, SCAN, type PlacedRow } from './holdout.ts'
import { datasetFolder } from './import-folders.ts'

/** Rows have no time of their own here: their places, a second apart, make the blocks of the holdout. */
const SECOND_US = 1e6
const MAX_TEST_US = 1000 * SECOND_US

/** All of a data set's test part, to be measured on. */
export async function heldOutOf(
  dataFolder: string,
  datasetId: string,
  kind: ModelKind,
  seed: number,
): Promise<Holdout> {
  const holdout = new Holdout({ seed, share: 1, firstUs: 0, lastUs: MAX_TEST_US })
  const rows = holdout.filter(datasetRows(dataFolder, datasetId, kind, 'test'))
  while (!(await rows.next()).done);
  return holdout
}

/**
 * The rows of one split of an imported data set, in their order; for an anomaly model what is labelled as anything but usual counts as
 * known unusual traffic. Throws TABLE_UNREADABLE where the data set was deleted meanwhile.
 */
export async function* datasetRows(
  dataFolder: string,
  datasetId: string,
  kind: ModelKind,
  split: 'train' | 'test',
): AsyncGenerator<PlacedRow> {
  const { rows, labels, classes } = await readDataset(datasetFolder(dataFolder, datasetId), split)
  const isNormal = normalTest(undefined, classes)
  const named = classes.map((label) => (kind === 'traffic-classifier' || isNormal(label) ? label : SCAN))
  for (let i = 0; i < labels.length; i += 1) {
    yield {
      features: rows.subarray(i * FEATURE_COUNT, (i + 1) * FEATURE_COUNT),
      class: labels[i] === UNLABELLED ? '' : named[labels[i]],
      sensorId: datasetId,
      endUs: i * SECOND_US,
    }
  }
}
