import type { Random } from './random.ts'

/** Values at the edges of what length and type fields hold. */
const EDGES = [0, 1, 2, 4, 5, 6, 7, 8, 0x0f, 0x10, 0x1f, 0x20, 0x3f, 0x40, 0x45, 0x60, 0x7f, 0x80, 0xf0, 0xfe, 0xff]
/** Protocol numbers, types and ports that lead into other layers, 2 octets each. */
const LEADS = [
  0x0800, 0x86dd, 0x8100, 0x88a8, 0x8847, 0x8864, 0x0806, 0x6558, 0x12b5, 0x17c1, 0x0868, 0x0035, 0x01bb, 0x0d96,
]
const PROTOCOLS = [0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 60, 132, 136, 255]
const MAX_CHANGES = 4
/** Most changes fall on headers, and on what comes right behind them. */
const HEADERS = 96
const PAYLOAD = 42
const PAYLOAD_HEAD = 160
/** Longer inputs are cut: a frame is seldom more. */
const MAX_LENGTH = 2_048

/** Changes a few things of an input in place or in size; `other` lends octets. The result is in `into`, its length is returned. */
export function mutate(random: Random, input: Uint8Array, other: Uint8Array, into: Uint8Array): number {
  let length = Math.min(input.length, MAX_LENGTH)
  into.set(input.subarray(0, length))
  for (let changes = 1 + random.below(MAX_CHANGES); changes > 0 && length > 0; changes--) {
    length = change(random, into, length, other)
  }
  return length
}

function change(random: Random, into: Uint8Array, length: number, other: Uint8Array): number {
  const at = placeIn(random, length)
  switch (random.below(9)) {
    case 0:
      into[at] ^= 1 << random.below(8)
      return length
    case 1:
      into[at] = random.below(256)
      return length
    case 2:
      into[at] = random.pick(EDGES)
      return length
    case 3:
      into[at] = random.pick(PROTOCOLS)
      return length
    case 4:
      return putLead(random, into, length, at)
    case 5:
      return at
    case 6:
      return splice(random, into, length, other)
    case 7:
      return insert(random, into, length, at)
    default:
      into.copyWithin(at, at + 1 + random.below(8), length)
      return length
  }
}

function placeIn(random: Random, length: number): number {
  const choice = random.below(4)
  if (choice === 0) return random.below(length)
  if (choice === 1 || length <= PAYLOAD) return random.below(Math.min(length, HEADERS))
  return PAYLOAD + random.below(Math.min(length, PAYLOAD_HEAD) - PAYLOAD)
}

function putLead(random: Random, into: Uint8Array, length: number, at: number): number {
  const lead = random.pick(LEADS)
  into[at] = lead >> 8
  if (at + 1 < length) into[at + 1] = lead & 0xff
  return length
}

/** The head of this input, and the tail of another. */
function splice(random: Random, into: Uint8Array, length: number, other: Uint8Array): number {
  const from = random.below(other.length)
  const at = random.below(length)
  const tail = other.subarray(from, from + MAX_LENGTH - at)
  into.set(tail, at)
  return at + tail.length
}

/** Opens a gap and fills it with what was before it: headers twice. */
function insert(random: Random, into: Uint8Array, length: number, at: number): number {
  const size = Math.min(1 + random.below(40), MAX_LENGTH - length)
  into.copyWithin(at + size, at, length)
  return length + size
}
