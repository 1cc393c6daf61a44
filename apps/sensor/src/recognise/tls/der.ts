/** One element of DER (X.690): its tag and where its content lies. */
export interface DerElement {
  tag: number
  start: number
  end: number
}

/** The element at `offset`; undefined where its length does not fit before `end` or takes more than three octets. */
export function readDer(bytes: Uint8Array, offset: number, end: number): DerElement | undefined {
  if (offset + 2 > end) return undefined
  const first = bytes[offset + 1]
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  if (lengthOctets > 3 || first === 0x80 || offset + 2 + lengthOctets > end) return undefined
  let length = first < 0x80 ? first : 0
  for (let i = 0; i < lengthOctets; i++) length = (length << 8) | bytes[offset + 2 + i]
  const start = offset + 2 + lengthOctets
  return start + length <= end ? { tag: bytes[offset], start, end: start + length } : undefined
}

/** The elements within one, at most `limit`. */
export function readDerChildren(bytes: Uint8Array, parent: DerElement, limit = 32): DerElement[] {
  const children: DerElement[] = []
  for (let at = parent.start; at < parent.end && children.length < limit;) {
    const child = readDer(bytes, at, parent.end)
    if (!child) break
    children.push(child)
    at = child.end
  }
  return children
}
