import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

const FORWARD_REQUEST = 2
const LAST_METHOD = 27
const PING = 10
const PONG = 9

/** Apache JServ (AJP 1.3): to the container 12 34, back "AB", then length 2 and a type; 2 is a request with its method next. */
export const ajp = message(
  { name: 'ajp', transport: 'tcp', ports: [8009], firstOctets: [0x12, 0x41] },
  ({ bytes, start, end }) => {
    if (end - start < 5) return false
    const magic = readUint16(bytes, start)
    const length = readUint16(bytes, start + 2)
    const type = bytes[start + 4]
    if (magic === 0x1234) {
      const method = end - start > 5 ? bytes[start + 5] : 0
      const isRequest = type === FORWARD_REQUEST && method >= 1 && method <= LAST_METHOD
      return (isRequest && length + 4 >= end - start) || (type === PING && length === 1)
    }
    return (
      magic === 0x4142 && length + 4 <= end - start && ((type >= 3 && type <= 6) || (type === PONG && length === 1))
    )
  },
)
