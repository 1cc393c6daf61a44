import { constants, zstdCompressSync } from 'node:zlib'
import { type Flow, Records } from '@picket/proto'
import type { Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import { ProtoWriter } from './proto-writer.ts'
import { withoutInvalid } from './without-invalid.ts'
import { writeFlow } from './write-flow.ts'

export interface BatcherOptions {
  /** Where a finished batch goes: its payload and the flow records in it. */
  readonly append: (payload: Uint8Array, flows: number) => void
  readonly telemetry: Telemetry
  readonly nowUs: () => number
  /** Longest a record waits, milliseconds. */
  readonly delayMs?: number
  /** Flow records that make a batch full. */
  readonly maxFlows?: number
}

/** Field of `picket.v1.Records`; the first, so flows may be written before the rest is known. */
const FLOWS = 1
const emptyRecords = (): Records => Records.create()

/**
 * Gathers records and cuts a batch a short while after its first record, or as soon as it is full. The wire side hands
 * on twice a second, so batches come about that often; the delay only lets records of one moment share a batch. At
 * most `maxFlows` flows wait here, written already, so that nothing else is kept of them: a full batch is compressed at once.
 */
export class Batcher implements Stage {
  readonly #options: Required<BatcherOptions>
  readonly #written = new ProtoWriter()
  #flows = 0
  #invalidFlows = 0
  #pending = emptyRecords()
  #timer: NodeJS.Timeout | undefined
  #isRunning = false

  constructor(options: BatcherOptions) {
    this.#options = { delayMs: 100, maxFlows: 1000, ...options }
  }

  start(): Promise<void> {
    this.#isRunning = true
    if (!this.#isEmpty) this.#arm()
    return Promise.resolve()
  }

  /** Cuts what waits and stops cutting by time; records may still be added and flushed. */
  stop(): Promise<void> {
    this.#isRunning = false
    this.flush()
    return Promise.resolve()
  }

  add(records: Partial<Records>): void {
    const pending = this.#pending
    pending.interfaces.push(...(records.interfaces ?? []))
    pending.interfaceSamples.push(...(records.interfaceSamples ?? []))
    pending.hostSamples.push(...(records.hostSamples ?? []))
    pending.healthSamples.push(...(records.healthSamples ?? []))
    pending.findings.push(...(records.findings ?? []))
    pending.coverageGaps.push(...(records.coverageGaps ?? []))
    for (const flow of records.flows ?? []) {
      this.#write(flow)
      if (this.#flows >= this.#options.maxFlows) this.flush()
    }
    if (this.#isRunning && !this.#isEmpty) this.#arm()
  }

  /** Cuts what waits now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isEmpty) return
    const flows = this.#flows
    const encoded = this.#encode()
    // 5,000 flows of random content, 1.8 MB: level 1 takes 8 ms and gives 1.18 MB, the default level 3 20 ms and 1.15 MB.
    const payload = zstdCompressSync(encoded, { params: { [constants.ZSTD_c_compressionLevel]: 1 } })
    this.#pending = emptyRecords()
    this.#written.clear()
    this.#flows = 0
    this.#invalidFlows = 0
    const { telemetry, append } = this.#options
    telemetry.add('batches')
    telemetry.add('flowsBatched', flows)
    telemetry.add('payloadBytes', payload.length)
    append(payload, flows)
  }

  get #isEmpty(): boolean {
    const others = Object.values(this.#pending) as unknown[][]
    return this.#flows === 0 && this.#invalidFlows === 0 && others.every((list) => list.length === 0)
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => this.flush(), this.#options.delayMs)
  }

  /** A flow with a number out of its field's range costs itself alone. */
  #write(flow: Flow): void {
    const before = this.#written.end
    try {
      writeFlow(this.#written, FLOWS, flow)
      this.#flows++
    } catch {
      this.#written.end = before
      this.#invalidFlows++
    }
  }

  /** The batch, which the writer holds and reuses. */
  #encode(): Uint8Array {
    const written = this.#written
    written.raw(this.#encodeOthers())
    return written.bytes.subarray(0, written.end)
  }

  #encodeOthers(): Uint8Array {
    const nowUs = this.#options.nowUs()
    if (this.#invalidFlows > 0) return Records.encode(withoutInvalid(this.#pending, this.#invalidFlows, nowUs)).finish()
    try {
      return Records.encode(this.#pending).finish()
    } catch {
      return Records.encode(withoutInvalid(this.#pending, 0, nowUs)).finish()
    }
  }
}
