import { Cancelled } from './interruption.ts'
import type { JobJournal } from './job-journal.ts'

const CANCEL_POLL_MS = 500

/** Aborts when the job's row says cancelled, or when the worker stops. */
export class CancelWatch {
  readonly signal: AbortSignal
  readonly #cancelling = new AbortController()
  readonly #timer: NodeJS.Timeout

  constructor(journal: JobJournal, stopping: AbortSignal) {
    this.signal = AbortSignal.any([this.#cancelling.signal, stopping])
    this.#timer = setInterval(() => void this.#look(journal), CANCEL_POLL_MS)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  async #look(journal: JobJournal): Promise<void> {
    const isCancelled = await journal.isCancelled().catch(() => false)
    if (isCancelled) this.#cancelling.abort(new Cancelled())
  }
}
