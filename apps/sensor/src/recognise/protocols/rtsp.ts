import { hasAnyText, readLine } from '../byte-text.ts'
import { firstOf } from '../recogniser.ts'
import { message } from './message.ts'

const METHODS = [
  'DESCRIBE',
  'OPTIONS',
  'SETUP',
  'PLAY',
  'PAUSE',
  'TEARDOWN',
  'ANNOUNCE',
  'RECORD',
  'GET_PARAMETER',
  'SET_PARAMETER',
]

/** RTSP (RFC 2326, RFC 7826): a request line that ends with RTSP/1.0 or 2.0, or a status line. */
export const rtsp = message(
  { name: 'rtsp', transport: 'tcp', ports: [554, 8554], firstOctets: firstOf(['RTSP', ...METHODS]) },
  ({ bytes, start, end }, facts) => {
    if (hasAnyText(bytes, start, end, ['RTSP/1.0 ', 'RTSP/2.0 '])) return true
    if (!hasAnyText(bytes, start, end, METHODS)) return false
    const match = /^([A-Z_]+) (\S+) RTSP\/[12]\.0$/.exec(readLine(bytes, start, end))
    if (!match) return /^[A-Z_]+ rtsp:/.test(readLine(bytes, start, end))
    facts.set('rtsp.method', match[1])
    facts.set('rtsp.uri', match[2])
    return true
  },
)
