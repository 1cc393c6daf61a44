import type { RingAddon } from './native-ring.ts'

/** Sockets for links with Ethernet headers and for those without; so many interfaces can be captured at a time. */
const RESERVED = { plain: 120, cooked: 8 }

/**
 * The packet sockets of this process. Opening one needs CAP_NET_RAW, binding it to an interface does not: those opened
 * ahead, some 2 KiB of kernel memory each, let a sensor without privileges capture interfaces that appear later.
 */
export class PacketSockets {
  readonly #addon: RingAddon
  readonly #spare: { plain: number[]; cooked: number[] } = { plain: [], cooked: [] }

  constructor(addon: RingAddon) {
    this.#addon = addon
  }

  /** Opens as many as a sensor may ever need. Throws where it may not. */
  reserve(): void {
    for (const kind of ['plain', 'cooked'] as const) {
      while (this.#spare[kind].length < RESERVED[kind]) this.#spare[kind].push(this.#open(kind === 'cooked'))
    }
  }

  /** Takes over what `describe` of another program's image told. */
  adopt(description: string): void {
    const [plain = '', cooked = ''] = description.split('/')
    this.#spare.plain.push(...numbersIn(plain))
    this.#spare.cooked.push(...numbersIn(cooked))
  }

  /** The spare descriptors, and in text form for `adopt`. */
  get spare(): number[] {
    return [...this.#spare.plain, ...this.#spare.cooked]
  }

  describe(): string {
    return `${this.#spare.plain.join()}/${this.#spare.cooked.join()}`
  }

  /** A socket that receives nothing yet; throws where none is left and no other may be opened. */
  take(isCooked: boolean): number {
    return this.#spare[isCooked ? 'cooked' : 'plain'].pop() ?? this.#open(isCooked)
  }

  /** Takes back a socket without ring. */
  giveBack(socket: number, isCooked: boolean): void {
    this.#spare[isCooked ? 'cooked' : 'plain'].push(socket)
  }

  /** Closes one that was taken and cannot be used again. */
  discard(socket: number): void {
    this.#addon.closeSocket(socket)
  }

  /** Closes the spare ones. */
  close(): void {
    for (const socket of this.spare) this.#addon.closeSocket(socket)
    this.#spare.plain = []
    this.#spare.cooked = []
  }

  #open(isCooked: boolean): number {
    return this.#addon.openSocket(isCooked)
  }
}

const numbersIn = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number))
