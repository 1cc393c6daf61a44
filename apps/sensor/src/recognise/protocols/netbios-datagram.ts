import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

/** NetBIOS datagrams (RFC 1002 section 4.4): type 0x10 to 0x16, flags, id 2, the sender's address 4 and port 2, length 2. */
export const netbiosDatagram = message({ name: 'nbdgm', ports: [138], onlyOnPorts: true }, (head) => {
  const { bytes, start, end } = head
  if (end - start < 14 || bytes[start] < 0x10 || bytes[start] > 0x16 || bytes[start + 1] > 0x0f) return false
  return readUint16(bytes, start + 10) + 14 <= head.wireLength
})
