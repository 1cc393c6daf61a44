import { loadRingAddon, type RingAddon } from '../native-ring.ts'
import { PacketSockets } from '../packet-sockets.ts'
import { toRingError } from '../ring-error.ts'
import { RingThread, type RingThreadEvents } from './ring-thread.ts'
import type { RingThreadSettings } from './ring-thread-messages.ts'

export interface FanoutGroupOptions {
  settings: Omit<RingThreadSettings, 'counts' | 'socket'>
  /** Where sockets are from; by default they are opened when they are wanted. */
  sockets: PacketSockets | undefined
}

/**
 * The rings over one interface among which the kernel shares out its packets (packet(7), PACKET_FANOUT_HASH). A socket
 * stays in its group until it is closed, so none of them is used again.
 */
export class FanoutGroup {
  readonly settings: FanoutGroupOptions['settings']
  readonly #sockets: PacketSockets
  readonly #addon: RingAddon
  readonly #counts = new Uint32Array(3)
  #members = 0
  #identifier = -1

  constructor({ settings, sockets }: FanoutGroupOptions) {
    this.settings = settings
    this.#addon = loadRingAddon()
    this.#sockets = sockets ?? new PacketSockets(this.#addon)
  }

  /** A thread with an open ring that takes in nothing before it is admitted. Throws a CaptureError. */
  async prepare(events: RingThreadEvents): Promise<RingThread> {
    const { description } = this.settings
    let thread: RingThread
    try {
      const socket = this.#sockets.take(!description.isEthernet)
      thread = new RingThread({ ...this.settings, socket }, events)
    } catch (error) {
      throw toRingError(description.name, error)
    }
    await thread.opened
    return thread
  }

  /** From now on the kernel gives the thread its share. */
  admit(thread: RingThread): void {
    try {
      this.#identifier = this.#addon.joinFanout(thread.socket, this.#members > 0 ? this.#identifier : -1)
    } catch (error) {
      throw toRingError(this.settings.description.name, error)
    }
    this.#members++
    thread.tell({ kind: 'let-pass' })
  }

  /** Of a thread that is gone: closes its socket, and gives what its ring took in and lost since it last looked. */
  release(thread: RingThread, wasAdmitted: boolean): { taken: number; drops: number } {
    if (wasAdmitted) this.#members--
    this.#addon.statistics(thread.socket, this.#counts)
    this.#sockets.discard(thread.socket)
    const [passed, drops] = this.#counts
    return { taken: passed - drops, drops }
  }
}
