import type { Recogniser } from './recogniser.ts'

const NOBODY: readonly Recogniser[] = []

/**
 * Who is asked about a payload, without asking everybody: those of a port first, then those whose messages can start with
 * its first octet. Tables are made once; a look-up is two reads.
 */
export class Dispatch {
  readonly #byOctet: Recogniser[][] = []
  readonly #byPort: (readonly Recogniser[])[] = [NOBODY]
  /** Index into #byPort of each port. */
  readonly #ports = new Uint8Array(65_536)

  constructor(given: readonly Recogniser[]) {
    const recognisers = given.map(alike)
    for (let octet = 0; octet < 256; octet++) {
      this.#byOctet.push(recognisers.filter((it) => !it.onlyOnPorts && (it.firstOctets?.includes(octet) ?? true)))
    }
    const ports = new Map<number, Recogniser[]>()
    for (const recogniser of recognisers)
      for (const port of recogniser.ports ?? []) ports.set(port, [...(ports.get(port) ?? []), recogniser])
    for (const [port, those] of ports) {
      this.#ports[port] = this.#byPort.length
      this.#byPort.push(those)
    }
    if (this.#byPort.length > 256) throw new Error('more than 255 ports have recognisers: widen the index')
  }

  ofPort(port: number): readonly Recogniser[] {
    return this.#byPort[this.#ports[port]]
  }

  ofOctet(octet: number): readonly Recogniser[] {
    return this.#byOctet[octet]
  }
}

/**
 * Copies a recogniser into an object with every property, absent ones undefined: V8 reads those of objects that are laid out alike with
 * one load, and looks up each of a dozen layouts in a table. Each payload is shown to several recognisers.
 */
function alike({
  name,
  transport,
  ports,
  onlyOnPorts,
  firstOctets,
  confidence,
  recognise,
  conclude,
}: Recogniser): Recogniser {
  return { name, transport, ports, onlyOnPorts, firstOctets, confidence, recognise, conclude }
}
