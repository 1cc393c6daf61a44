import { formatAddress, formatMac } from '../../flow/format-address.ts'
import { readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'

const SOURCE_LINK_ADDRESS = 1
const TARGET_LINK_ADDRESS = 2
const PREFIX = 3
const MTU = 5
const DNS_SERVERS = 25
const MAX_OPTIONS = 16
const MAX_SERVERS = 4

/** Options of neighbour discovery: type 1, length in units of 8 octets 1 (RFC 4861 section 4.6, DNS servers RFC 8106 section 5.1). */
export function readOptions(bytes: Uint8Array, from: number, end: number, facts: FlowFacts): void {
  let at = from
  for (let count = 0; count < MAX_OPTIONS && at + 8 <= end; count++) {
    const length = bytes[at + 1] * 8
    if (length === 0 || at + length > end) return
    readOption(bytes, at, length, facts)
    at += length
  }
}

function readOption(bytes: Uint8Array, at: number, length: number, facts: FlowFacts): void {
  switch (bytes[at]) {
    case SOURCE_LINK_ADDRESS:
      return facts.append('icmpv6.source_link_address', formatMac(bytes.subarray(at + 2, at + 8)))
    case TARGET_LINK_ADDRESS:
      return facts.append('icmpv6.target_link_address', formatMac(bytes.subarray(at + 2, at + 8)))
    case MTU:
      return facts.set('icmpv6.router.mtu', readUint32(bytes, at + 4))
    case PREFIX:
      if (length === 32) facts.append('icmpv6.router.prefix', prefixAt(bytes, at + 16, bytes[at + 2]))
      return
    case DNS_SERVERS:
      for (let server = 0; server < MAX_SERVERS && 24 + 16 * server <= length; server++)
        facts.append('icmpv6.router.dns_server', addressAt(bytes, at + 8 + 16 * server))
  }
}

/** What follows the prefix is to be ignored (RFC 4861 section 4.6.2). */
function prefixAt(bytes: Uint8Array, offset: number, length: number): string {
  const prefix = bytes.slice(offset, offset + 16)
  for (let i = 0; i < 16; i++) prefix[i] &= 0xff00 >> Math.max(0, Math.min(8, length - 8 * i))
  return `${formatAddress(prefix)}/${length}`
}

function addressAt(bytes: Uint8Array, offset: number): string {
  return formatAddress(bytes.subarray(offset, offset + 16))
}
