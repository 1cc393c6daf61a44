/** Something that is fed with inputs. */
export interface FuzzTarget {
  /** Throws where the input breaks what has to hold. */
  feed(input: Uint8Array, random: { below(limit: number): number }): void | Promise<void>
  /** Called after each batch of inputs: throws where what holds for all of them together does not. */
  settle(): void
  close(): void
}
