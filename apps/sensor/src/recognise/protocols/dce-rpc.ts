import { readUint16LE } from '../byte-text.ts'
import { octets } from '../recogniser.ts'
import { message } from './message.ts'

const LITTLE_ENDIAN = 0x10
const VERSION_5_BIND = 11
const VERSION_5_LAST = 19
/** UUID of the endpoint mapper, first field, little-endian; others are named by their own first field. */
const INTERFACES: Record<string, string> = {
  e1af8308: 'epmapper',
  '4b324fc8': 'srvsvc',
  '12345778': 'samr',
  '367abb81': 'svcctl',
  '86d35949': 'atsvc',
  e3514235: 'drsuapi',
  '12345678': 'spoolss',
}

/**
 * DCE/RPC over TCP (C706 chapter 12.6): version 5, minor 0 or 1, type, flags, data representation 4, fragment length 2 at
 * 8; a bind names the interface at 32. Over UDP version 4, whose header has 80 octets.
 */
export const dceRpc = message(
  { name: 'dce_rpc', transport: 'both', ports: [135], firstOctets: octets(4, 5) },
  ({ bytes, start, end, isTcp }, facts) => {
    if (!isTcp) return isVersion4(bytes, start, end)
    if (end - start < 16 || bytes[start] !== 5 || bytes[start + 1] > 1 || bytes[start + 4] !== LITTLE_ENDIAN)
      return false
    const type = bytes[start + 2]
    const length = readUint16LE(bytes, start + 8)
    const isKind = type === 0 || type === 2 || type === 3 || (type >= VERSION_5_BIND && type <= VERSION_5_LAST)
    if (!isKind || bytes[start + 6] !== 0 || bytes[start + 7] !== 0 || length < 16 || length > 8_192) return false
    if (type === VERSION_5_BIND && end - start >= 36) {
      const uuid = [35, 34, 33, 32].map((i) => bytes[start + i].toString(16).padStart(2, '0')).join('')
      facts.set('dce_rpc.interface', INTERFACES[uuid] ?? uuid)
    }
    return true
  },
)

/** Type 1 octet to 10, flags 2, representation 3, then UUIDs; the length of the body at 74. */
function isVersion4(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 80 || bytes[start] !== 4 || bytes[start + 1] > 10 || bytes[start + 4] > 0x11) return false
  if (bytes[start + 5] !== 0 || bytes[start + 6] !== 0) return false
  return readUint16LE(bytes, start + 74) === end - start - 80
}
