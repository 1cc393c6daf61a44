import { type Body, concat, uint16, uint32 } from './packets.ts'

/** Builders of tunnels for tests; each takes what lies inside. */

const ETHERNET_BRIDGING = 0x6558

export function gre(inner: Uint8Array, options: { type?: number; key?: number; sequence?: number } = {}): Body {
  const { type = inner[0] >> 4 === 6 ? 0x86dd : 0x0800, key, sequence } = options
  const flags = (key === undefined ? 0 : 0x2000) | (sequence === undefined ? 0 : 0x1000)
  const fields = [key, sequence].filter((field) => field !== undefined).map(uint32)
  return { protocol: 47, octets: concat(uint16(flags, type), ...fields, inner) }
}

/** PPTP: version 1 with payload length and call in place of the key, and PPP without address and control. */
export function pptp(inner: Uint8Array): Body {
  return {
    protocol: 47,
    octets: concat(uint16(0x3001, 0x880b, inner.length + 1, 7), uint32(1), Uint8Array.of(0x21), inner),
  }
}

export function ipInIp(inner: Uint8Array): Body {
  return { protocol: inner[0] >> 4 === 6 ? 41 : 4, octets: inner }
}

export function vxlan(network: number, frame: Uint8Array): Uint8Array {
  return concat(uint32(0x0800_0000), uint32(network << 8), frame)
}

export function geneve(network: number, frame: Uint8Array, options = new Uint8Array(0)): Uint8Array {
  return concat(Uint8Array.of(options.length / 4, 0), uint16(ETHERNET_BRIDGING), uint32(network << 8), options, frame)
}

/** With an extension header (a PDU session container) where `extended`. */
export function gtpU(inner: Uint8Array, extended = false): Uint8Array {
  const optional = extended ? Uint8Array.of(0, 0, 0, 0x85, 1, 0, 9, 0) : new Uint8Array(0)
  const head = [Uint8Array.of(extended ? 0x34 : 0x30, 255), uint16(optional.length + inner.length), uint32(0x1234)]
  return concat(...head, optional, inner)
}

/** Label stack, top first, over what has no type of its own. */
export function mpls(labels: number[], inner: Uint8Array): Uint8Array {
  const entries = labels.map((label, i) => uint32(((label << 12) | (i === labels.length - 1 ? 0x100 : 0) | 64) >>> 0))
  return concat(...entries, inner)
}

export function pppoe(inner: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x11, 0), uint16(5, inner.length + 2, inner[0] >> 4 === 6 ? 0x57 : 0x21), inner)
}
