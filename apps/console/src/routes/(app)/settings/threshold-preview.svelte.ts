import type { InterfaceThreshold } from '@picket/store'
import { parseThresholdRequest } from '#lib/settings/threshold-request.ts'

/** Typing goes on for at most so long between two keys. */
const SETTLED_MS = 400

/** What the two settings of anomalies would have told of the last week, read anew when they change. */
export class ThresholdPreview {
  rows = $state.raw<readonly InterfaceThreshold[]>()
  /** What the rows are about. */
  aDay = $state(0)
  loading = $state(false)
  failure = $state('')
  #asking = new AbortController()

  /** Asks for what was typed, when the typing has settled; nothing while it could not be saved. */
  ask(aDay: string, threshold: string): void {
    this.cancel()
    const parameters = new URLSearchParams({ aDay: aDay.trim(), threshold: threshold.trim() })
    const request = parseThresholdRequest(parameters)
    if (!request) return
    const { signal } = this.#asking
    this.loading = true
    const timer = setTimeout(() => void this.#read(parameters, request.aDay, signal), SETTLED_MS)
    signal.addEventListener('abort', () => clearTimeout(timer))
  }

  cancel(): void {
    this.#asking.abort()
    this.#asking = new AbortController()
    this.loading = false
  }

  async #read(parameters: URLSearchParams, aDay: number, signal: AbortSignal): Promise<void> {
    try {
      const response = await fetch(`/settings/anomalies?${parameters}`, {
        signal,
        headers: { accept: 'application/json' },
      })
      if (!response.ok) throw new Error(String(response.status))
      this.rows = (await response.json()) as InterfaceThreshold[]
      this.aDay = aDay
      this.failure = ''
    } catch {
      if (!signal.aborted) this.failure = 'What this would have told could not be read; it can be saved all the same.'
    } finally {
      if (!signal.aborted) this.loading = false
    }
  }
}
