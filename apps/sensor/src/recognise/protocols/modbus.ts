import { readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

/** Modbus over TCP (Modbus Messaging on TCP/IP section 3.1.3): transaction 2, protocol 0 2, length 2, unit, function 1 to 127, bit 7 for errors. */
export const modbus = message(
  { name: 'modbus', transport: 'tcp', ports: [502], onlyOnPorts: true },
  ({ bytes, start, end }, facts) => {
    if (end - start < 8 || readUint16(bytes, start + 2) !== 0) return false
    const length = readUint16(bytes, start + 4)
    const code = bytes[start + 7] & 0x7f
    if (length < 2 || length > 254 || length + 6 > end - start || code < 1) return false
    facts.set('modbus.function', code)
    facts.set('modbus.unit', bytes[start + 6])
    return true
  },
)
