import type { DrawnRows } from './binned-rows.ts'

/** Up to here insertion beats counting. */
const INSERTED = 20
const MOST_KEYS = 1024

const keys = new Uint32Array(MOST_KEYS)
const counted = new Uint32Array(MOST_KEYS)
const starts = new Uint32Array(257)

/**
 * Keys (code << 24 | draws << 16 | label) of `count` rows, at most 1,024, by ascending code. What is returned is used up before the next
 * call, which writes over it.
 */
export function orderedKeys(
  codes: Uint8Array,
  base: number,
  { rows, tags }: DrawnRows,
  from: number,
  count: number,
): Uint32Array {
  if (count > INSERTED) return countedKeys(codes, base, { rows, tags }, from, count)
  for (let i = 0; i < count; i++) {
    const key = ((codes[base + rows[from + i]] << 24) | tags[from + i]) >>> 0
    let at = i
    while (at > 0 && keys[at - 1] > key) {
      keys[at] = keys[at - 1]
      at--
    }
    keys[at] = key
  }
  return keys
}

function countedKeys(
  codes: Uint8Array,
  base: number,
  { rows, tags }: DrawnRows,
  from: number,
  count: number,
): Uint32Array {
  starts.fill(0)
  for (let i = 0; i < count; i++) {
    const code = codes[base + rows[from + i]]
    keys[i] = ((code << 24) | tags[from + i]) >>> 0
    starts[code + 1]++
  }
  for (let code = 1; code < 256; code++) starts[code] += starts[code - 1]
  for (let i = 0; i < count; i++) counted[starts[keys[i] >>> 24]++] = keys[i]
  return counted
}
