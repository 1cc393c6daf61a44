import { readUint32 } from '../byte-text.ts'
import { usesPort } from '../recogniser.ts'
import { message } from './message.ts'

const HEADER = 28
const NAT_TRAVERSAL = 4500

/**
 * IKE (RFC 7296 section 3.1, RFC 2408 section 3.1): initiator and responder SPI 8 each, next payload, version 1.0 or 2.0, exchange,
 * flags, message id 4, length 4. On port 4500 four zero octets come before it, ESP (with an SPI that is not 0) has its own
 * header there, and a single FF keeps the mapping alive (RFC 3948 section 2).
 */
export const ike = message({ name: 'ike', ports: [500, NAT_TRAVERSAL], onlyOnPorts: true }, (head, facts) => {
  const { bytes, start, end, wireLength } = head
  const isTraversal = usesPort(head, NAT_TRAVERSAL)
  if (isTraversal && wireLength === 1) return bytes[start] === 0xff
  if (isTraversal && end - start >= 8 && readUint32(bytes, start) !== 0) {
    const isEsp = readUint32(bytes, start) > 255 && readUint32(bytes, start + 4) < 1 << 24
    if (isEsp) facts.protocol = 'esp'
    return isEsp
  }
  const at = isTraversal ? start + 4 : start
  if (end - at < HEADER) return false
  const version = bytes[at + 17]
  const length = readUint32(bytes, at + 24)
  if ((version !== 0x10 && version !== 0x20) || length < HEADER || length > 65_535) return false
  facts.set('ike.version', version === 0x20 ? '2' : '1')
  facts.set('ike.exchange', bytes[at + 18])
  return readUint32(bytes, at) !== 0 || readUint32(bytes, at + 4) !== 0
})
