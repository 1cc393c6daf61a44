import { isPrintable, readText, readUint16, readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const LAST_KEY = 92
const LAST_VERSION = 20
const MAX_REQUEST = 100 << 20

/**
 * Kafka: a request is length 4, api key 2, api version 2, correlation id 4, client id 2+n (a text). Known by the first request
 * where lengths fit and the client id is printable.
 */
export const kafka = message(
  { name: 'kafka', transport: 'tcp', ports: [9092], firstOctets: [0] },
  ({ bytes, start, end, forward, destinationPort }, facts) => {
    if (!forward || end - start < 14) return false
    const length = readUint32(bytes, start)
    const idLength = readUint16(bytes, start + 12)
    if (length < 10 || length > MAX_REQUEST || length + 4 < end - start) return false
    if (readUint16(bytes, start + 4) > LAST_KEY || readUint16(bytes, start + 6) > LAST_VERSION) return false
    if (idLength === 0 || idLength > 249 || start + 14 + idLength > end) return false
    if (destinationPort !== 9092 && (length + 4 !== end - start || readUint32(bytes, start + 8) > 16)) return false
    if (!isPrintable(bytes, start + 14, start + 14 + idLength)) return false
    facts.set('kafka.client_id', readText(bytes, start + 14, start + 14 + idLength))
    return true
  },
)
