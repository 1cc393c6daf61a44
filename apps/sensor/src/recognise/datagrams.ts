import { hasText, readUint16, readUint32 } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

type Test = (head: Head) => boolean

function datagram(name: string, test: Test): Recogniser {
  return { name, transport: 'udp', recognise: (head) => (test(head) ? Verdict.YES : Verdict.NO) }
}

function usesPort({ sourcePort, destinationPort }: Head, port: number): boolean {
  return sourcePort === port || destinationPort === port
}

/** NTP (RFC 5905 section 7.3): leap 2, version 3 (1 to 4), mode 3 (1 to 7); 48 octets, or a control message of 12. */
export const ntp = datagram('ntp', (head) => {
  const { bytes, start, end } = head
  const version = (bytes[start] >> 3) & 7
  const mode = bytes[start] & 7
  if (!usesPort(head, 123) || version < 1 || version > 4 || mode === 0) return false
  return end - start >= (mode >= 6 ? 8 : 48)
})

/** DHCP (RFC 2131): operation 1 or 2, and the magic cookie at 236. */
export const dhcp = datagram('dhcp', (head) => {
  const { bytes, start, end } = head
  const isPort = usesPort(head, 67) || usesPort(head, 68)
  return isPort && end - start >= 240 && bytes[start] <= 2 && readUint32(bytes, start + 236) === 0x63825363
})

/** DHCPv6 (RFC 8415 section 8): message type 1 to 13, transaction id 3, options. */
export const dhcpv6 = datagram('dhcpv6', (head) => {
  const { bytes, start, end } = head
  const isPort = usesPort(head, 547) || usesPort(head, 546)
  return isPort && end - start >= 8 && bytes[start] >= 1 && bytes[start] <= 13
})

/** SNMP (RFC 3416, RFC 3412): a sequence that starts with the version as integer 0, 1 or 3. */
export const snmp = datagram('snmp', (head) => {
  const { bytes, start, end } = head
  if ((!usesPort(head, 161) && !usesPort(head, 162)) || end - start < 10 || bytes[start] !== 0x30) return false
  const content = start + 2 + ((bytes[start + 1] & 0x80) !== 0 ? bytes[start + 1] & 0x7f : 0)
  return bytes[content] === 2 && bytes[content + 1] === 1 && bytes[content + 2] <= 3
})

/** SSDP (UPnP device architecture): HTTP over UDP on port 1900. */
export const ssdp = datagram('ssdp', ({ bytes, start, end }) =>
  ['M-SEARCH * HTTP/1.1', 'NOTIFY * HTTP/1.1'].some((text) => hasText(bytes, start, end, text)),
)

/** STUN (RFC 8489 section 5): two zero bits, type 2, length 2, magic cookie 4. */
export const stun = datagram('stun', ({ bytes, start, end }) => {
  if (end - start < 20 || bytes[start] >= 0x40) return false
  return readUint32(bytes, start + 4) === 0x2112a442 && readUint16(bytes, start + 2) <= end - start - 20
})

/** SIP (RFC 3261 section 7): a request or status line. */
export const sip = datagram('sip', ({ bytes, start, end }) =>
  ['SIP/2.0 ', 'INVITE sip', 'REGISTER sip', 'OPTIONS sip', 'ACK sip', 'BYE sip', 'SUBSCRIBE sip', 'NOTIFY sip'].some(
    (text) => hasText(bytes, start, end, text),
  ),
)

/** DTLS (RFC 9147 appendix): record type, version FE FF or FE FD, epoch 2, sequence 6, length 2. */
export const dtls = datagram('dtls', ({ bytes, start, end }) => {
  if (end - start < 13 || bytes[start] < 20 || bytes[start] > 23 || bytes[start + 1] !== 0xfe) return false
  return (bytes[start + 2] === 0xff || bytes[start + 2] === 0xfd) && readUint16(bytes, start + 11) <= end - start - 13
})

/** WireGuard: type 1 to 4, three zero octets; initiation 148, response 92, cookie 64, data 32 and more in steps of 16. */
export const wireguard = datagram('wireguard', ({ bytes, start, end }) => {
  const length = end - start
  if (length < 32 || bytes[start + 1] !== 0 || bytes[start + 2] !== 0 || bytes[start + 3] !== 0) return false
  return (bytes[start] === 1 && length === 148) || (bytes[start] === 2 && length === 92)
})

/** BitTorrent's DHT (BEP 5): a bencoded dictionary with a query or an answer. */
export const bittorrentDht = datagram('bittorrent', ({ bytes, start, end }) =>
  ['d1:ad2:id20:', 'd1:rd2:id20:', 'd2:ip6:'].some((text) => hasText(bytes, start, end, text)),
)

/** Syslog (RFC 5424, RFC 3164) on its port: "<priority>". */
export const syslog = datagram('syslog', (head) => {
  const { bytes, start, end } = head
  if (!usesPort(head, 514) || end - start < 5 || bytes[start] !== 0x3c) return false
  for (let at = start + 1; at <= start + 4; at++) {
    if (bytes[at] === 0x3e) return at > start + 1
    if (bytes[at] < 0x30 || bytes[at] > 0x39) return false
  }
  return false
})

/** TFTP (RFC 1350): a read or write request to its port. */
export const tftp = datagram('tftp', ({ bytes, start, end, destinationPort }) => {
  const operation = end - start >= 4 ? readUint16(bytes, start) : 0
  return destinationPort === 69 && (operation === 1 || operation === 2)
})
