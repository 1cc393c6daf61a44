import { AddressNames } from '../../recognise/address-names.ts'
import type { LearnedName } from './ring-thread-messages.ts'

/** Names from DNS answers that are told to others, too: with several rings the answer and the flow it is about may be on two. */
export class LearningNames extends AddressNames {
  #learned: LearnedName[] = []

  /** Names that wait to be taken; as many as were added since. */
  get waiting(): number {
    return this.#learned.length
  }

  override add(bytes: Uint8Array, offset: number, length: number, name: string): void {
    super.add(bytes, offset, length, name)
    this.#learned.push({ address: new Uint8Array(bytes.subarray(offset, offset + length)), name })
  }

  take(): LearnedName[] {
    const learned = this.#learned
    this.#learned = []
    return learned
  }
}
