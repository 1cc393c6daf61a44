import { type ClientHello, isGrease } from './client-hello.ts'
import type { HelloTransport } from './ja4.ts'

/** Values of a shape at most: hellos of clients have about 80. */
const SIZE = 1_024

/**
 * Everything of a hello that its fingerprints depend on, as numbers in one reused array: transport, version, ends of the first application
 * protocol, then each list behind its length, GREASE left out. Hellos of one kind of client have one shape.
 */
export class HelloShape {
  readonly values = new Uint16Array(SIZE)
  length = 0
  hash = 0

  /** False where it does not fit: then it is no shape. */
  set(hello: ClientHello, transport: HelloTransport): boolean {
    const { values } = this
    const { alpn } = hello
    values[0] = transport.charCodeAt(0)
    values[1] = hello.legacyVersion
    const hasAlpn = alpn !== undefined && alpn.length > 0
    values[2] = hasAlpn ? 1 : 0
    values[3] = hasAlpn ? (alpn[0] << 8) | alpn[alpn.length - 1] : 0
    this.length = 4
    const isWhole =
      this.#add(hello.cipherSuites) &&
      this.#add(hello.extensions) &&
      this.#add(hello.groups) &&
      this.#add(hello.pointFormats) &&
      this.#add(hello.signatureAlgorithms) &&
      this.#add(hello.supportedVersions)
    this.hash = 0
    for (let i = 0; i < this.length; i++) this.hash = Math.imul(this.hash ^ values[i], 0x9e3779b1) ^ (this.hash >>> 15)
    return isWhole
  }

  isSame(values: Uint16Array): boolean {
    if (values.length !== this.length) return false
    for (let i = 0; i < values.length; i++) if (values[i] !== this.values[i]) return false
    return true
  }

  #add(list: readonly number[]): boolean {
    const { values } = this
    const start = this.length
    if (start + 1 + list.length > SIZE) return false
    let end = start + 1
    for (let i = 0; i < list.length; i++) if (!isGrease(list[i])) values[end++] = list[i]
    values[start] = end - start - 1
    this.length = end
    return true
  }
}
