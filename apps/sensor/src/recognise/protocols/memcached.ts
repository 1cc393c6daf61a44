import { hasAnyText, readLine, readUint16, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const PORT = 11_211
const COMMANDS = [
  'get ',
  'gets ',
  'set ',
  'add ',
  'replace ',
  'append ',
  'prepend ',
  'cas ',
  'delete ',
  'incr ',
  'decr ',
]
const ADMINISTRATION = ['stats', 'version\r', 'flush_all', 'quit\r', 'verbosity ', 'touch ']
const REPLIES = ['STAT ', 'VALUE ', 'STORED\r', 'NOT_STORED\r', 'VERSION ', 'END\r\n', 'ERROR\r', 'CLIENT_ERROR ']
const BINARY_REQUEST = 0x80
const BINARY_RESPONSE = 0x81

/**
 * Memcached on its port: a text command or reply, or the binary header (magic 80 or 81, operation, key length 2, ..., body
 * length 4). Over UDP a frame header of 8 octets comes before: request id 2, number 2, total 2, reserved 2.
 */
export const memcached = message(
  { name: 'memcached', transport: 'both', ports: [PORT], onlyOnPorts: true },
  ({ bytes, start, end, isTcp }, facts) => {
    if (!isTcp && (end - start < 9 || readUint16(bytes, start + 6) !== 0 || readUint16(bytes, start + 4) === 0))
      return false
    const at = isTcp ? start : start + 8
    if (end - at >= 24 && (bytes[at] === BINARY_REQUEST || bytes[at] === BINARY_RESPONSE))
      return bytes[at + 1] <= 0x3d && readUint32(bytes, at + 8) >= readUint16(bytes, at + 2)
    const isText =
      hasAnyText(bytes, at, end, COMMANDS) ||
      hasAnyText(bytes, at, end, ADMINISTRATION) ||
      hasAnyText(bytes, at, end, REPLIES)
    if (isText) facts.set('memcached.command', readLine(bytes, at, end).split(' ')[0])
    return isText
  },
)
