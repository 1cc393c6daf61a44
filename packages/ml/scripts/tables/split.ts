import { UNLABELLED, rowCount, selectRows, type LabelledRows } from '../../src/dataset/labelled-rows.ts'
import type { Parts } from './judge.ts'

/** The first part of the rows in their order to learn from, the rest to be judged. */
export function splitByOrder(data: LabelledRows, share: number): Parts {
  const cut = Math.floor(rowCount(data) * share)
  const positions = Array.from({ length: rowCount(data) }, (_, i) => i)
  return { training: selectRows(data, positions.slice(0, cut)), test: selectRows(data, positions.slice(cut)) }
}

/** The first `share` of every class in the order of the rows to learn from, the rest to be judged. */
export function splitWithinClass(data: LabelledRows, share: number): Parts {
  const totals = new Map<number, number>()
  for (const label of data.labels) totals.set(label, (totals.get(label) ?? 0) + 1)
  const seen = new Map<number, number>()
  const [first, rest]: [number[], number[]] = [[], []]
  for (let i = 0; i < rowCount(data); i++) {
    const label = data.labels[i]
    if (label === UNLABELLED) continue
    const count = (seen.get(label) ?? 0) + 1
    seen.set(label, count)
    const part = count <= Math.floor(share * (totals.get(label) ?? 0)) ? first : rest
    part.push(i)
  }
  return { training: selectRows(data, first), test: selectRows(data, rest) }
}

/** Every class cut into `count` stretches in the order of its rows: each stretch to be judged once, by what is learned from the others. */
export function blocksWithinClass(data: LabelledRows, count: number): Parts[] {
  const totals = new Map<number, number>()
  for (const label of data.labels) totals.set(label, (totals.get(label) ?? 0) + 1)
  const seen = new Map<number, number>()
  const blockOf = Array.from(data.labels, (label) => {
    const before = seen.get(label) ?? 0
    seen.set(label, before + 1)
    return Math.floor((before * count) / (totals.get(label) ?? 1))
  })
  return Array.from({ length: count }, (_, block) => {
    const positions = (isJudged: boolean) => blockOf.flatMap((of, i) => ((of === block) === isJudged ? [i] : []))
    return { training: selectRows(data, positions(false)), test: selectRows(data, positions(true)) }
  })
}
