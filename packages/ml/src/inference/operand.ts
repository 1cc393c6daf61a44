import type { Kernel, KernelFunction } from './kernel/module.ts'
import { malformed } from './wire-reader.ts'

/** Rows that go through a graph together: what lies between two operators stays in the cache, and memory does not grow with the batch. */
export const BLOCK_ROWS = 128

/** Floats of a register of the processor: rows are filled up to a multiple of it. */
const VECTOR = 4

export const toVectors = (count: number): number => Math.ceil(count / VECTOR) * VECTOR

/** Octets of a row of so many floats. */
export const rowOctets = (width: number): number => 4 * toVectors(width)

/** What an operator reads or writes: one row of floats for each row of the block, or one row for all of them. */
export interface Operand {
  /** Octets from the start of the graph's memory. */
  readonly address: number
  readonly width: number
  /** Octets from a row to the next; 0 for a constant. */
  readonly stride: number
}

/** Octets that a graph may need for weights and one block of rows. */
const MOST_OCTETS = 2 ** 28

/** Places in the memory of one graph, handed out before there is that memory. */
export class Layout {
  octets = 0
  readonly #contents: { address: number; values: Float32Array }[] = []

  take(octets: number): number {
    const address = this.octets
    this.octets += 4 * toVectors(octets / 4)
    if (this.octets > MOST_OCTETS) throw malformed(`it needs more than ${MOST_OCTETS} octets of memory`)
    return address
  }

  /** A place for a row, or rows, of a constant. */
  constant(values: Float32Array): number {
    const address = this.take(4 * values.length)
    this.#contents.push({ address, values })
    return address
  }

  /** Fills in the constants. */
  fill(memory: ArrayBuffer): void {
    for (const { address, values } of this.#contents.splice(0))
      new Float32Array(memory, address, values.length).set(values)
  }
}

/** An operator with its inputs bound. */
export interface Step {
  /** Floats a row. */
  readonly width: number
  readonly functions: Readonly<Record<string, KernelFunction>>
  /** Gives what computes so many rows of a block into `out`, which is none of its inputs. */
  readonly bind: (kernel: Kernel, out: Operand) => (rows: number) => void
}
