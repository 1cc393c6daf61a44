import { FEATURE_NAMES } from '../../features/index.ts'
import { createRandom } from '../../training/random.ts'
import { findLeaks, type Leak } from './leak-search.ts'
import type { LabelledFlow } from './labelled-flow.ts'
import type { TableRecord } from './read-records.ts'

/** Rows that columns are looked at on: a uniform sample (algorithm R). */
const MAX_ROWS = 4_000
const SEED = 1
const POSITION = '(position in the files)'

interface Sampled {
  label: string
  values: string[]
}

/** Keeps a sample of whole rows, features and what the table had besides, to find columns that alone give the label. */
export class ColumnSample {
  readonly #rows: Sampled[] = []
  readonly #random = createRandom(SEED)
  readonly #label: string | undefined
  #columns: string[] = []
  #seen = 0

  /** `label` is the column of the table that is the label itself. */
  constructor(label: string | undefined) {
    this.#label = label
  }

  add(flow: LabelledFlow, record: TableRecord | undefined): void {
    this.#seen++
    const place = this.#rows.length < MAX_ROWS ? this.#rows.length : Math.floor(this.#random() * this.#seen)
    if (flow.label === '' || place >= MAX_ROWS) return
    const raw = (record?.columns ?? []).filter((name) => name !== this.#label)
    if (this.#columns.length === 0) this.#columns = [...FEATURE_NAMES, POSITION, ...raw]
    const features = Array.from(flow.features, (value) => (Number.isNaN(value) ? '' : String(value)))
    const values = [...features, String(this.#seen), ...raw.map((name) => record?.get(name) ?? '')]
    this.#rows[place] = { label: flow.label, values }
  }

  leaks(): { rows: number; columns: Leak[] } {
    const columns = new Map(this.#columns.map((name, at) => [name, this.#rows.map(({ values }) => values[at] ?? '')]))
    const labels = this.#rows.map(({ label }) => label)
    return { rows: labels.length, columns: findLeaks(columns, labels) }
  }
}
