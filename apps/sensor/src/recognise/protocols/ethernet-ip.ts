import { readUint16LE, readUint32LE } from '../byte-text.ts'
import { message } from './message.ts'

/** NOP, ListServices, ListIdentity, ListInterfaces, (Un)RegisterSession, SendRRData, SendUnitData, IndicateStatus, Cancel. */
const COMMANDS = [0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6f, 0x70, 0x72, 0x73]

/**
 * EtherNet/IP (CIP volume 2 section 2-3): command 2, length 2, session 4, status 4, context 8, options 4 (0), little-endian. Its
 * cyclic data on UDP port 2222 are common packet items: count 2, then type 80 02 or 80 00 of the address.
 */
export const ethernetIp = message(
  { name: 'ethernetip', transport: 'both', ports: [44818, 2222], onlyOnPorts: true },
  ({ bytes, start, end, isTcp, destinationPort, sourcePort }, facts) => {
    const length = end - start
    if (!isTcp && (destinationPort === 2222 || sourcePort === 2222)) {
      const item = readUint16LE(bytes, start + 2)
      return length >= 18 && readUint16LE(bytes, start) === 2 && (item === 0x8002 || item === 0x8000)
    }
    if (length < 24 || !COMMANDS.includes(readUint16LE(bytes, start))) return false
    if (readUint16LE(bytes, start + 2) > length - 24 && length < 1_000) return false
    if (readUint32LE(bytes, start + 20) !== 0) return false
    facts.set('ethernetip.command', `0x${readUint16LE(bytes, start).toString(16).padStart(4, '0')}`)
    return true
  },
)
