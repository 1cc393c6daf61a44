import type { DuplicateReport } from './duplicate-sketch.ts'
import type { Leak } from './leak-search.ts'
import type { ImportFormat } from './open-source.ts'
import type { SplitBy } from './split-plan.ts'

export interface SourceLineage {
  file: string
  /** Of the file's bytes, in hex. */
  sha256: string
  octets: number
  rows?: number
}

/** `dataset.json`: where labelled flows came from, how they were split, and what to beware of. */
export interface DatasetDescription {
  featureSetVersion: number
  featureSetHash: string
  format: ImportFormat
  sources: SourceLineage[]
  labelTable?: SourceLineage
  /** Which column became which feature. */
  mapping: Readonly<Record<string, string>>
  rows: number
  /** Rows by label; the empty label is of rows whose source says nothing. */
  labels: Record<string, number>
  /** What was kept together. */
  splitBy: SplitBy
  /** Rows by split and label. */
  splits: Record<'train' | 'test', Record<string, number>>
  /** Labels that lie in one split only: the other can neither teach nor judge them. */
  oneSided: string[]
  duplicates: DuplicateReport
  /** Columns that alone give the label, and the rows that was found on. */
  leaks: { rows: number; columns: Leak[] }
}
