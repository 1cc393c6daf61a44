import { Bpf } from './bpf.ts'
import type { Direction, Primitive } from './filter-node.ts'

/** A label, or an instruction that goes to labels where a test holds and where it does not; the next one where there is none. */
export type Step = string | readonly [code: number, number: number, ifTrue?: string, ifFalse?: string]

const ETHER_TYPE = 12
const TYPES = { 4: 0x0800, 6: 0x86dd } as const
/** From the IP header on: protocol, and both addresses (RFC 791, RFC 8200). */
const PROTOCOL = { 4: 9, 6: 6 } as const
const ADDRESSES = { 4: [12, 16], 6: [8, 24] } as const
const FRAGMENT = 6
const FRAGMENT_OFFSET = 0x1fff
const HEADER_V6 = 40

/** Steps that end at "yes" or "no"; `network` is where the IP header begins, 0 for links without Ethernet headers. */
export function primitiveSteps(primitive: Primitive, network: number): Step[] {
  switch (primitive.kind) {
    case 'type':
      return typeSteps(primitive.etherType, network)
    case 'protocol':
      return primitive.families.flatMap((family) => [
        ...familySteps(family, network, `not${family}`),
        [Bpf.LOAD_OCTET, network + PROTOCOL[family]] as const,
        ...primitive.numbers.map((number): Step => [Bpf.JUMP_EQUAL, number, 'yes']),
        `not${family}`,
        ...(family === primitive.families.at(-1) ? NO : []),
      ])
    case 'network':
      return networkSteps(primitive, network)
    case 'ports':
      return [...portSteps(primitive, 4, network), ...portSteps(primitive, 6, network), ...NO]
  }
}

/** A test that never holds. */
const NO: readonly Step[] = [
  [Bpf.LOAD_NUMBER, 0],
  [Bpf.JUMP_EQUAL, 1, 'yes', 'no'],
]

function typeSteps(etherType: number, network: number): Step[] {
  if (network === 0) {
    const family = etherType === TYPES[4] ? 4 : etherType === TYPES[6] ? 6 : undefined
    return family ? [...familySteps(family, 0, 'no'), [Bpf.LOAD_NUMBER, 1], [Bpf.JUMP_EQUAL, 1, 'yes', 'no']] : [...NO]
  }
  return [
    [Bpf.LOAD_HALF, ETHER_TYPE],
    [Bpf.JUMP_EQUAL, etherType, 'yes', 'no'],
  ]
}

/** Goes on where the packet is of that version of IP. */
function familySteps(family: 4 | 6, network: number, otherwise: string): Step[] {
  if (network > 0)
    return [
      [Bpf.LOAD_HALF, ETHER_TYPE],
      [Bpf.JUMP_EQUAL, TYPES[family], '', otherwise],
    ]
  return [
    [Bpf.LOAD_OCTET, 0],
    [Bpf.AND, 0xf0],
    [Bpf.JUMP_EQUAL, family << 4, '', otherwise],
  ]
}

const sides = (direction: Direction): number[] => (direction === 'src' ? [0] : direction === 'dst' ? [1] : [0, 1])

function networkSteps(
  { direction, address, prefix }: Extract<Primitive, { kind: 'network' }>,
  network: number,
): Step[] {
  const family = address.length === 4 ? 4 : 6
  const view = new DataView(address.buffer, address.byteOffset, address.length)
  const steps = familySteps(family, network, 'no')
  for (const side of sides(direction)) {
    for (let word = 0; word * 32 < prefix; word++) {
      const bits = Math.min(32, prefix - word * 32)
      const mask = (0xffff_ffff << (32 - bits)) >>> 0
      steps.push(
        [Bpf.LOAD_WORD, network + ADDRESSES[family][side] + word * 4],
        [Bpf.AND, mask],
        [Bpf.JUMP_EQUAL, (view.getUint32(word * 4) & mask) >>> 0, '', `other${side}`],
      )
    }
    steps.push([Bpf.LOAD_NUMBER, 1], [Bpf.JUMP_EQUAL, 1, 'yes'], `other${side}`)
  }
  return [...steps, ...NO]
}

/** Later fragments have no ports. */
function portSteps(
  { direction, protocols, from, to }: Extract<Primitive, { kind: 'ports' }>,
  family: 4 | 6,
  network: number,
): Step[] {
  const load: (at: number) => Step =
    family === 4 ? (at) => [Bpf.LOAD_HALF_INDEXED, network + at] : (at) => [Bpf.LOAD_HALF, network + HEADER_V6 + at]
  const wholeV4: Step[] = [
    [Bpf.LOAD_HALF, network + FRAGMENT],
    [Bpf.JUMP_BITS, FRAGMENT_OFFSET, 'no'],
    [Bpf.LOAD_HEADER_LENGTH, network],
  ]
  return [
    ...familySteps(family, network, `end${family}`),
    [Bpf.LOAD_OCTET, network + PROTOCOL[family]],
    ...protocols.map((number): Step => [Bpf.JUMP_EQUAL, number, `ports${family}`]),
    [Bpf.LOAD_NUMBER, 0],
    [Bpf.JUMP_EQUAL, 0, `end${family}`],
    `ports${family}`,
    ...(family === 4 ? wholeV4 : []),
    ...sides(direction).flatMap((side): Step[] => [
      load(side * 2),
      [Bpf.JUMP_GREATER_OR_EQUAL, from, '', `side${family}${side}`],
      [Bpf.JUMP_GREATER, to, `side${family}${side}`, 'yes'],
      `side${family}${side}`,
    ]),
    `end${family}`,
  ]
}
