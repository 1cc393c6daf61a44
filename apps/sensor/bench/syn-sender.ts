import { Frame } from '../src/capture/frame.ts'
import { Decoder } from '../src/decode/decoder.ts'
import type { FlowTable } from '../src/flow/flow-table.ts'

const T0 = 1_700_000_000_000_000
const BATCH = 1_000

/** Sends one SYN of each of a range of flows, and says how long the slowest 1,000 of them took. */
export class SynSender {
  readonly table: FlowTable
  readonly #decoder = new Decoder()
  readonly #frame = new Frame()
  readonly #octets = Buffer.alloc(54)

  constructor(table: FlowTable) {
    this.table = table
    const octets = this.#octets
    octets.writeUInt16BE(0x0800, 12)
    octets[14] = 0x45
    octets.writeUInt16BE(40, 16)
    octets[22] = 64
    octets[23] = 6
    octets.writeUInt32BE(0xc0a8_0001, 30)
    octets.writeUInt16BE(443, 36)
    octets[46] = 0x50
    octets[47] = 2
    this.#frame.bytes = octets
    this.#frame.capturedLength = octets.length
    this.#frame.wireLength = octets.length
  }

  send(from: number, to: number): number {
    let slowestMs = 0
    for (let start = from; start < to; start += BATCH) {
      const startedAt = performance.now()
      for (let flow = start; flow < start + BATCH && flow < to; flow++) this.#sendSyn(flow)
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    }
    return slowestMs
  }

  #sendSyn(flow: number): void {
    this.#octets.writeUInt32BE(0x0a00_0000 + flow, 26)
    this.#octets.writeUInt16BE(1024 + (flow % 60_000), 34)
    this.#frame.timeUs = T0 + flow
    this.#decoder.decode(this.#frame)
    this.table.update(this.#decoder.packet)
  }
}
