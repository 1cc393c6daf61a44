import type { ClientHello } from './client-hello.ts'
import { HelloShape } from './hello-shape.ts'
import { ja3 } from './ja3.ts'
import { type HelloTransport, ja4 } from './ja4.ts'

export interface Fingerprints {
  ja3: string
  ja4: string
}

interface Known extends Fingerprints {
  readonly values: Uint16Array
}

/** A network has few kinds of clients: their fingerprints are computed once. The first of them makes room. */
const LIMIT = 1_024
const known = new Map<number, Known>()
const shape = new HelloShape()

/** JA3 and JA4 of a hello; the same lists give the same, so they are looked up by them. */
export function fingerprintsOf(hello: ClientHello, transport: HelloTransport): Fingerprints {
  const isShape = shape.set(hello, transport)
  const found = isShape ? known.get(shape.hash) : undefined
  if (found && shape.isSame(found.values)) return found
  const computed = { ja3: ja3(hello), ja4: ja4(hello, transport), values: shape.values.slice(0, shape.length) }
  if (!isShape) return computed
  if (known.size >= LIMIT) known.delete(known.keys().next().value as number)
  known.set(shape.hash, computed)
  return computed
}
