import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { CAP_DROPS, CAP_HEAD, CAP_SNAP } from './cap-wire-format.ts'
import { CaptureError } from './capture-error.ts'
import { Frame, type FrameHandler } from './frame.ts'
import type { PacketSource } from './packet-source.ts'

/** Octets waiting here before the child is left to hold, and in the end to drop, what comes. */
const MAX_WAITING = 16 << 20

export interface CapSourceOptions {
  name: string
  /** An expression as tcpdump takes it; everything by default. */
  filter?: string | undefined
  /** Octets kept of a packet, 65,535 by default. */
  snapLength?: number | undefined
}

/**
 * A live interface by way of libpcap and the `cap` package, for platforms without the ring. It runs in a process of its
 * own (`cap-child.ts`). Its limits: time stamps are those of the child's clock; libpcap's own losses are not told by `cap`,
 * what is counted as dropped is what the child could not hand over; of packets that are cut the length on the wire is not told,
 * only how many there were; the interface is always promiscuous; one that goes away is not told.
 */
export class CapSource implements PacketSource {
  readonly kind = 'cap'
  ended = false
  error: CaptureError | undefined
  readonly #options: CapSourceOptions
  readonly #frame = new Frame()
  #child: ChildProcess | undefined
  #stream: Duplex | undefined
  #chunks: Buffer[] = []
  #waiting = 0
  #drops = 0
  #snapped = 0

  constructor(options: CapSourceOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    const { name, filter = '', snapLength = CAP_SNAP } = this.#options
    const settings = [name, filter, String(Math.min(snapLength, CAP_SNAP))]
    const child = fork(fileURLToPath(new URL('cap-child.ts', import.meta.url)), settings, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    const stream = child.stdio[3] as Duplex
    this.#stream = stream
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => this.#keep(chunk))
    const message = await firstMessage(child)
    child.on('exit', () => this.#childEnded())
    if (!message.opened) {
      await this.close()
      throw toCaptureError(name, message.reason ?? 'libpcap did not start')
    }
  }

  read(handler: FrameHandler, budget: number): number {
    const bytes = this.#takeWaiting()
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const frame = this.#frame
    let at = 0
    let count = 0
    while (count < budget && at + CAP_HEAD <= bytes.length) {
      const length = view.getUint32(at, true)
      if (length === CAP_DROPS) {
        this.#drops += view.getUint32(at + 4, true)
        at += CAP_HEAD
        continue
      }
      if (at + CAP_HEAD + length > bytes.length) break
      frame.bytes = bytes
      frame.offset = at + CAP_HEAD
      frame.capturedLength = length
      frame.wireLength = view.getUint32(at + 4, true)
      frame.timeUs = view.getFloat64(at + 8, true)
      frame.linkType = view.getUint32(at + 16, true)
      this.#snapped += view.getUint32(at + 20, true)
      at += CAP_HEAD + length
      count++
      handler(frame)
    }
    this.#giveBack(bytes.subarray(at))
    return count
  }

  takeDrops(): number {
    const drops = this.#drops
    this.#drops = 0
    return drops
  }

  takeSnapped(): { packets: number; octets: number } {
    const packets = this.#snapped
    this.#snapped = 0
    return { packets, octets: 0 }
  }

  async close(): Promise<void> {
    this.ended = true
    const child = this.#child
    this.#child = undefined
    this.#stream?.destroy()
    this.#chunks = []
    this.#waiting = 0
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    if (this.#waiting >= MAX_WAITING) this.#stream?.pause()
  }

  #takeWaiting(): Buffer {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#chunks = []
    return bytes
  }

  #giveBack(rest: Buffer): void {
    if (rest.length > 0) this.#chunks.unshift(rest)
    this.#waiting = rest.length
    if (this.#waiting < MAX_WAITING && this.#stream?.isPaused()) this.#stream.resume()
  }

  #childEnded(): void {
    if (this.ended) return
    this.ended = true
    this.error = new CaptureError('capture-failed', `capture of ${this.#options.name} by libpcap ended by itself`)
  }
}

interface OpenedMessage {
  opened: boolean
  reason?: string
}

async function firstMessage(child: ChildProcess): Promise<OpenedMessage> {
  return await new Promise((resolve) => {
    child.once('message', (message) => resolve(message as OpenedMessage))
    child.once('exit', () => resolve({ opened: false }))
    child.once('error', (error) => resolve({ opened: false, reason: error.message }))
  })
}

function toCaptureError(name: string, reason: string): CaptureError {
  if (/permission|not permitted/i.test(reason)) {
    return new CaptureError('capture-no-permission', `capture needs CAP_NET_RAW (interface ${name}, ${reason.trim()})`)
  }
  if (/no such device/i.test(reason)) {
    return new CaptureError('capture-no-interface', `there is no interface ${name} to capture`)
  }
  if (/cannot find|\.node/i.test(reason)) {
    return new CaptureError(
      'capture-not-built',
      `the package cap is not built (${reason.split('\n')[0]}); npm rebuild cap`,
    )
  }
  return new CaptureError('capture-failed', `interface ${name} cannot be captured (${reason.trim()})`)
}
