import { type Body, concat, text, uint16, uint32 } from './packets.ts'

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

export function vxlan(network: number, frame: Uint8Array, flags = 0x0800_0000): Uint8Array {
  return concat(uint32(flags), uint32(network << 8), frame)
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

/** CAPWAP data with four octets of wireless information; an 802.11 frame in native format, else one of 802.3. */
export function capwap(frame: Uint8Array, isNative: boolean): Uint8Array {
  const head = Uint8Array.of(0, 3 << 3, isNative ? 3 : 2, 0x20)
  return concat(head, uint32(0), Uint8Array.of(3, 1, 2, 3), frame)
}

export interface WifiOptions {
  /** Bits of frame control: 1 to the system, 2 from it. */
  direction?: number
  hasQuality?: boolean
  isSwapped?: boolean
  isProtected?: boolean
}

/** An 802.11 data frame around an IP packet. */
export function wifi(inner: Uint8Array, options: WifiOptions = {}): Uint8Array {
  const { direction = 1, hasQuality = false, isSwapped = false, isProtected = false } = options
  const control = Uint8Array.of(hasQuality ? 0x88 : 0x08, direction | (isProtected ? 0x40 : 0))
  const addresses = concat(...[1, 2, 3].map((last) => Uint8Array.of(2, 0, 0, 0, 0, last)))
  const fourth = direction === 3 ? Uint8Array.of(2, 0, 0, 0, 0, 4) : new Uint8Array(0)
  const quality = new Uint8Array(hasQuality ? 2 : 0)
  const type = inner[0] >> 4 === 6 ? 0x86dd : 0x0800
  const snap = concat(Uint8Array.of(0xaa, 0xaa, 3, 0, 0, 0), uint16(type))
  return concat(
    isSwapped ? control.toReversed() : control,
    uint16(0),
    addresses,
    uint16(0),
    fourth,
    quality,
    snap,
    inner,
  )
}

/** An L2TP data message with length, sequence numbers and offset, or with none of them. */
export function l2tp(inner: Uint8Array, isPlain = false): Uint8Array {
  const ppp = concat(Uint8Array.of(0xff, 3), uint16(inner[0] >> 4 === 6 ? 0x57 : 0x21), inner)
  if (isPlain) return concat(uint16(0x0002, 5, 6), ppp)
  return concat(uint16(0x4a02, 16 + ppp.length, 5, 6, 1, 1, 2, 0), ppp)
}

/** Teredo, where `isIndicated` with authentication and origin before the packet. */
export function teredo(inner: Uint8Array, isIndicated = false): Uint8Array {
  if (!isIndicated) return inner
  const authentication = concat(Uint8Array.of(0, 1, 2, 1), text('idv'), new Uint8Array(9))
  return concat(authentication, uint16(0, 0x1234), uint32(0xc000_0201), inner)
}

/** A network service header with metadata of four words. */
export function nsh(next: number, inner: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(0x0f, 0xc6, 1, next), uint32(0x0000_01ff), new Uint8Array(16), inner)
}
