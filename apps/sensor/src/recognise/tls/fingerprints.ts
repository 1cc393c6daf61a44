import type { ClientHello } from './client-hello.ts'
import { ja3, ja3Text } from './ja3.ts'
import { type HelloTransport, ja4 } from './ja4.ts'

export interface Fingerprints {
  ja3: string
  ja4: string
}

/** A network has few kinds of clients: their fingerprints are computed once. The first of them makes room. */
const LIMIT = 1_024
const known = new Map<string, Fingerprints>()

/** JA3 and JA4 of a hello; the same lists give the same, so they are looked up by them. */
export function fingerprintsOf(hello: ClientHello, transport: HelloTransport): Fingerprints {
  const alpn = hello.alpn ? `${hello.alpn[0]},${hello.alpn[hello.alpn.length - 1]}` : ''
  const key = `${transport} ${ja3Text(hello)} ${hello.signatureAlgorithms.join()} ${hello.supportedVersions.join()} ${alpn}`
  let found = known.get(key)
  if (found) return found
  found = { ja3: ja3(hello), ja4: ja4(hello, transport) }
  if (known.size >= LIMIT) known.delete(known.keys().next().value as string)
  known.set(key, found)
  return found
}
