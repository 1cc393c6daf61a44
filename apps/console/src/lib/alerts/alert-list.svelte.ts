import type { AlertRow, Page } from '@picket/store'

/** Layout dependency of the alert list: invalidate it to read list and counters anew. */
export const ALERTS_DEPENDENCY = 'picket:alerts'
export const ALERTS_PAGE_ROWS = 100
/** Alerts kept in the browser. */
const MAX_ALERTS = 2_000

/**
 * The alerts in view. What the live feed says of a listed alert is shown in place; a new one is only counted, so that
 * the list does not move while somebody works in it.
 */
export class AlertList {
  rows = $state.raw<readonly AlertRow[]>([])
  nextCursor = $state.raw<string | undefined>()
  /** Alerts opened since the list was read. */
  newer = $state.raw<ReadonlySet<string>>(new Set())
  loading = $state(false)
  failure = $state('')
  #generation = 0

  constructor(page: Page<AlertRow>) {
    this.rows = page.rows
    this.nextCursor = page.nextCursor
  }

  reset(page: Page<AlertRow>): void {
    this.#generation++
    this.rows = page.rows
    this.nextCursor = page.nextCursor
    this.newer = new Set()
    this.loading = false
    this.failure = ''
  }

  /** `matches`: whether a new alert belongs into the list as filtered. */
  apply(alert: AlertRow, matches: boolean): void {
    if (this.rows.some((row) => row.id === alert.id)) {
      this.rows = this.rows.map((row) => (row.id === alert.id ? alert : row))
    } else if (matches && !this.newer.has(alert.id)) {
      this.newer = new Set([...this.newer, alert.id])
    }
  }

  async loadMore(read: (cursor: string) => Promise<Page<AlertRow>>): Promise<void> {
    if (!this.nextCursor || this.loading || this.rows.length >= MAX_ALERTS) return
    const generation = this.#generation
    this.loading = true
    try {
      const page = await read(this.nextCursor)
      if (generation !== this.#generation) return
      const known = new Set(this.rows.map((row) => row.id))
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))]
      this.nextCursor = page.nextCursor
      this.failure = ''
    } catch {
      if (generation === this.#generation) this.failure = 'Could not read more alerts'
    } finally {
      if (generation === this.#generation) this.loading = false
    }
  }

  /**
   * The alert `step` places after this one; the first or last where none is selected. `place` is where the selected one
   * stood when it left the list: the next one has moved up to there.
   */
  neighbour(id: string | undefined, step: 1 | -1, place?: number): AlertRow | undefined {
    const index = this.rows.findIndex((row) => row.id === id)
    if (index >= 0) return this.rows[index + step]
    if (id !== undefined && place !== undefined) return this.rows[step > 0 ? place : place - 1]
    return step > 0 ? this.rows[0] : this.rows.at(-1)
  }
}
