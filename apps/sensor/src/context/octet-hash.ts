/**
 * A 32-bit hash of some octets from a seed: FNV-1a, then the final mix of MurmurHash3, so that every bit depends on every octet, as
 * the sketches need it. Not secret: who wants to may find collisions, which cost accuracy, not memory.
 */
export function hashOctets(octets: Uint8Array, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < octets.length; i++) hash = Math.imul(hash ^ octets[i], 0x01000193)
  return mix(hash)
}

/** The same of a text's characters. */
export function hashText(text: string, seed: number): number {
  let hash = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix(hash)
}

/** The same of a number joined to a hash. */
export const hashJoined = (hash: number, value: number): number => mix(Math.imul(hash ^ value, 0x01000193))

/** Not negative. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
