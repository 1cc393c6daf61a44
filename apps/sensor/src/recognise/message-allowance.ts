import type { FlowFacts } from './flow-facts.ts'

/** Later messages kept of one flow: seven requests and seven questions with sixteen answers at most. */
export const MAX_LATER = 7

/**
 * How many questions, answers and requests after the first may be kept over all flows of an interface, 200 to 400 octets each.
 * When it is used up they are only counted: in their flow, and here.
 */
export class MessageAllowance {
  /** Messages that were read and not kept because others held the room. */
  refused = 0
  readonly #limit: number
  #held = 0

  constructor(limit = 16_384) {
    this.#limit = limit
  }

  /** Whether one more may be kept; it is the flow's until `giveBack`. */
  take(facts: FlowFacts): boolean {
    if (this.#held >= this.#limit) {
      this.refused++
      return false
    }
    this.#held++
    facts.messagesHeld++
    return true
  }

  /** Frees what a flow holds. */
  giveBack(facts: FlowFacts): void {
    this.#held -= facts.messagesHeld
    facts.messagesHeld = 0
  }
}
