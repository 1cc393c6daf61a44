import type { FlowRow, Page } from '@picket/store'

/** Rows kept in the browser; beyond, the list says so and offers the export. */
export const MAX_ROWS = 5_000
export const PAGE_ROWS = 200

/** Reads one page from the server: from a cursor on, or the newest without one. */
export type ReadPage = (cursor?: string) => Promise<Page<FlowRow>>

/**
 * The rows of the flows table. Older pages are appended on demand; newer flows are first counted, and shown when the
 * person asks for them, so that no row moves under the pointer.
 */
export class FlowList {
  rows = $state.raw<readonly FlowRow[]>([])
  nextCursor = $state.raw<string | undefined>()
  loading = $state(false)
  failure = $state('')
  /** Flows that came in since the newest row shown. */
  newer = $state.raw<readonly FlowRow[]>([])
  /** A whole page came in, so there are flows between it and the rows shown. */
  newerAreMore = $state(false)
  readonly full = $derived(this.rows.length >= MAX_ROWS)

  readonly #read: ReadPage
  #newest: Page<FlowRow> | undefined
  /** Rises with every reset: an answer to an older question is dropped. */
  #generation = 0
  #checking = false

  constructor(read: ReadPage, first: Page<FlowRow>) {
    this.#read = read
    this.rows = first.rows
    this.nextCursor = first.nextCursor
  }

  reset(page: Page<FlowRow>): void {
    this.#generation++
    this.#newest = undefined
    this.rows = page.rows
    this.nextCursor = page.nextCursor
    this.newer = []
    this.newerAreMore = false
    this.failure = ''
    this.loading = false
  }

  async loadMore(): Promise<void> {
    if (this.loading || this.full || !this.nextCursor) return
    const generation = this.#generation
    this.loading = true
    try {
      const page = await this.#read(this.nextCursor)
      if (generation !== this.#generation) return
      const known = new Set(this.rows.map((row) => row.id))
      this.rows = [...this.rows, ...page.rows.filter((row) => !known.has(row.id))].slice(0, MAX_ROWS)
      this.nextCursor = page.nextCursor
      this.failure = ''
    } catch {
      if (generation === this.#generation) this.failure = 'Could not read more flows'
    } finally {
      if (generation === this.#generation) this.loading = false
    }
  }

  /** Asks for the newest page and counts what is not shown yet; one question at a time. */
  async checkNewer(): Promise<void> {
    if (this.#checking) return
    const generation = this.#generation
    this.#checking = true
    try {
      const page = await this.#read()
      if (generation !== this.#generation) return
      const known = new Set(this.rows.map((row) => row.id))
      const newer = page.rows.filter((row) => !known.has(row.id))
      this.#newest = page
      this.newer = newer
      this.newerAreMore = newer.length === page.rows.length && page.nextCursor !== undefined && this.rows.length > 0
      this.failure = ''
    } catch {
      if (generation === this.#generation) this.failure = 'Could not read new flows'
    } finally {
      this.#checking = false
    }
  }

  /** Puts the counted flows on top. Where a gap would open, or the list grew long, it starts over from the newest page. */
  showNewer(): void {
    if (!this.#newest || this.newer.length === 0) return
    if (this.newerAreMore || this.rows.length + this.newer.length > MAX_ROWS / 2) {
      this.reset(this.#newest)
      return
    }
    this.rows = [...this.newer, ...this.rows]
    this.newer = []
  }
}
