import { readText, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const MAGIC = 0x6382_5363
const HOST_NAME = 12
const MESSAGE_TYPE = 53
const VENDOR_CLASS = 60
const END = 255
const TYPES = ['', 'discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform']

/** DHCP (RFC 2131, options RFC 2132): operation 1 or 2, magic cookie at 236, then options of code, length, value. BOOTP has no cookie. */
export const dhcp = message({ name: 'dhcp', ports: [67, 68], onlyOnPorts: true }, ({ bytes, start, end }, facts) => {
  if (end - start < 236 || bytes[start] < 1 || bytes[start] > 2 || bytes[start + 2] > 16) return false
  if (end - start < 240 || readUint32(bytes, start + 236) !== MAGIC) return end - start >= 300
  for (let at = start + 240; at + 2 <= end && bytes[at] !== END;) {
    const code = bytes[at]
    if (code === 0) {
      at++
      continue
    }
    const from = at + 2
    const to = from + bytes[at + 1]
    if (to > end) break
    if (code === MESSAGE_TYPE) facts.set('dhcp.message_type', TYPES[bytes[from]] ?? bytes[from])
    if (code === HOST_NAME) facts.set('dhcp.host_name', readText(bytes, from, to))
    if (code === VENDOR_CLASS) facts.set('dhcp.vendor_class', readText(bytes, from, to))
    at = to
  }
  return true
})
