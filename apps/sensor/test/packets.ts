import { parseAddress } from '../src/capture/parse-address.ts'

/** Builders of frames for tests, from the inside out: `ethernet(ipv4(tcp(...)))`. Checksums are left at 0. */

export interface Body {
  protocol: number
  octets: Uint8Array
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

export function uint16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]))
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

export interface TcpFields {
  from: number
  to: number
  flags: string
  sequence?: number
  acknowledgement?: number
  /** A multiple of 4 octets. */
  options?: Uint8Array
  payload?: Uint8Array
  window?: number
}

/** `flags` by first letter, e.g. "SA". */
export function tcp(fields: TcpFields): Body {
  const { from, to, flags, sequence = 0, acknowledgement = 0, window = 1024 } = fields
  const { payload = new Uint8Array(0), options = new Uint8Array(0) } = fields
  const bits = [...flags].reduce((sum, letter) => sum | (1 << 'FSRPAU'.indexOf(letter)), 0)
  const lengthAndFlags = Uint8Array.of((5 + options.length / 4) << 4, bits)
  const header = [uint16(from, to), uint32(sequence), uint32(acknowledgement), lengthAndFlags, uint16(window, 0, 0)]
  return { protocol: 6, octets: concat(...header, options, payload) }
}

export function udp(from: number, to: number, payload: Uint8Array): Body {
  return { protocol: 17, octets: concat(uint16(from, to, 8 + payload.length, 0), payload) }
}

export function icmp(type: number, code: number, protocol = 1): Body {
  return { protocol, octets: concat(Uint8Array.of(type, code), uint16(0, 1, 1), text('ping')) }
}

export interface Ipv4Fields {
  from: string
  to: string
  ttl?: number
  id?: number
  /** In octets. */
  fragmentOffset?: number
  moreFragments?: boolean
  totalLength?: number
}

export function ipv4(fields: Ipv4Fields, { protocol, octets }: Body): Uint8Array {
  const { ttl = 64, id = 0, fragmentOffset = 0, moreFragments = false } = fields
  const fragment = (moreFragments ? 0x2000 : 0) | (fragmentOffset >> 3)
  return concat(
    Uint8Array.of(0x45, 0),
    uint16(fields.totalLength ?? 20 + octets.length, id, fragment),
    Uint8Array.of(ttl, protocol, 0, 0),
    address(fields.from),
    address(fields.to),
    octets,
  )
}

/** `extensions` come between header and body, each with its type; the chain of next headers is made here. */
export function ipv6(
  fields: { from: string; to: string; hopLimit?: number; extensions?: { type: number; octets: Uint8Array }[] },
  { protocol, octets }: Body,
): Uint8Array {
  const { hopLimit = 64, extensions = [] } = fields
  const types = [...extensions.map(({ type }) => type), protocol]
  // The first octet of an extension names what follows it.
  const chain = extensions.map((extension, i) => concat(Uint8Array.of(types[i + 1]), extension.octets.subarray(1)))
  const payload = concat(...chain, octets)
  const header = [Uint8Array.of(0x60, 0, 0, 0), uint16(payload.length), Uint8Array.of(types[0], hopLimit)]
  return concat(...header, address(fields.from), address(fields.to), payload)
}

export function ethernet(
  octets: Uint8Array,
  options: { type?: number; vlans?: number[]; outerType?: number } = {},
): Uint8Array {
  const { vlans = [], outerType = 0x8100 } = options
  const type = options.type ?? (octets[0] >> 4 === 6 ? 0x86dd : 0x0800)
  const tags = vlans.flatMap((id, i) => [...uint16(i === 0 ? outerType : 0x8100, id)])
  const macs = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1)
  return concat(macs, Uint8Array.from(tags), uint16(type), octets)
}

function address(value: string): Uint8Array {
  const parsed = parseAddress(value)
  if (!parsed) throw new Error(`no address: ${value}`)
  return parsed
}
