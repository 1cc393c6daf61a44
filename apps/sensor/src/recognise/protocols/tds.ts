import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

const PRELOGIN = 0x12
const LOGIN7 = 0x10
const RESPONSE = 4

/** Microsoft SQL Server (MS-TDS section 2.2.3): type, status, length 2, process 2, number, window 0. Opens with a pre-login or login. */
export const tds = message(
  { name: 'mssql', transport: 'tcp', ports: [1433], firstOctets: [PRELOGIN, LOGIN7] },
  ({ bytes, start, end, destinationPort }) => {
    if (end - start < 12 || bytes[start + 1] > 1 || bytes[start + 7] !== 0) return false
    const type = bytes[start]
    const length = readUint16(bytes, start + 2)
    if (length !== end - start) return false
    // The first option of a pre-login is the version: token 0, offset 2, length 6.
    if (type === PRELOGIN) return bytes[start + 8] === 0 && readUint16(bytes, start + 11) === 6
    return destinationPort === 1433 && (type === LOGIN7 || type === RESPONSE || type === 1)
  },
)
