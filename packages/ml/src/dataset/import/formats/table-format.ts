import type { LabelledFlow } from '../labelled-flow.ts'
import type { TableRecord } from '../read-records.ts'

/** How the rows of one kind of table become labelled flows. */
export interface TableFormat {
  /** The column that says what a row is. */
  readonly labelColumn: string
  /** Columns that must be there. */
  readonly required: readonly string[]
  /** Which column becomes which feature, for the lineage. */
  readonly mapping: Readonly<Record<string, string>>
  /** Fills the flow from a row; what it does not set stays absent. */
  read(record: TableRecord, flow: LabelledFlow): void
}

/** `label` is the column that says what a row is; each format has its own where it is absent. */
export type TableFormatFactory = (label: string | undefined) => TableFormat
