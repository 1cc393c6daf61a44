import type { FragmentCounts } from '../decode/reassembly.ts'
import type { Recognition } from '../recognise/recognition.ts'
import type { GapCause, GapLedger } from './gap-ledger.ts'

/** At most one record a minute and cause: a lost fragment now and then is ordinary. */
const EVERY_US = 60_000_000

/**
 * Enters into the ledger what packets say and nobody read for want of room or because they were hostile. All of those packets are in
 * flows: the gaps are of nothing, and count how often.
 */
export class ReadingLosses {
  readonly #recognition: Recognition
  readonly #fragments: FragmentCounts
  readonly #entered = new Map<GapCause, { count: number; untilUs: number }>()

  constructor(recognition: Recognition, fragments: FragmentCounts) {
    this.#recognition = recognition
    this.#fragments = fragments
  }

  /** Enters what came since the last entry of each cause; all of it where no more will come. */
  enter(gaps: GapLedger, nowUs: number, isLast: boolean): void {
    const { headsRefused, messages, expectations } = this.#recognition
    const { hostile, displaced, expired } = this.#fragments
    this.#enter('heads-full', headsRefused, gaps, { nowUs, isLast })
    this.#enter('messages-full', messages.refused, gaps, { nowUs, isLast })
    this.#enter('expectations-full', expectations.displaced, gaps, { nowUs, isLast })
    this.#enter('fragments-hostile', hostile, gaps, { nowUs, isLast })
    this.#enter('fragments-full', displaced, gaps, { nowUs, isLast })
    this.#enter('fragments-missing', expired, gaps, { nowUs, isLast })
  }

  #enter(cause: GapCause, count: number, gaps: GapLedger, at: { nowUs: number; isLast: boolean }): void {
    if (count === 0) return
    const { nowUs, isLast } = at
    const entered = this.#entered.get(cause)
    const times = count - (entered?.count ?? 0)
    if (times === 0 || (entered && !isLast && nowUs - entered.untilUs < EVERY_US)) return
    gaps.addTimes(cause, { startUs: entered?.untilUs ?? nowUs, endUs: nowUs }, { times })
    this.#entered.set(cause, { count, untilUs: nowUs })
  }
}
