import { findOctet, hasAnyText, isPrintable, readText, readUint16 } from '../byte-text.ts'
import { addressesOf, type Expectations } from '../expectations.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const MODES = ['octet\0', 'netascii\0', 'mail\0', 'OCTET\0', 'Octet\0']
const LAST_OPERATION = 6

/** The transfer of TFTP, from another port of the server to the port that asked: data, acknowledgement, error, options. */
const tftpTransfer: Recogniser = {
  name: 'tftp',
  transport: 'udp',
  recognise({ bytes, start, end, isTcp }: Head, facts: FlowFacts): Verdict {
    const operation = !isTcp && end - start >= 4 ? readUint16(bytes, start) : 0
    if (operation < 1 || operation > LAST_OPERATION) return Verdict.NO
    facts.isComplete = true
    return Verdict.YES
  },
}

/** TFTP (RFC 1350 section 5): operation 1 or 2, file name ended by 0, mode ended by 0. Announces the transfer. */
export function tftp(expectations: Expectations): Recogniser {
  return {
    name: 'tftp',
    transport: 'udp',
    ports: [69],
    firstOctets: [0],
    recognise({ bytes, start, end, packet, destinationPort }: Head, facts: FlowFacts): Verdict {
      const operation = end - start >= 9 ? readUint16(bytes, start) : 0
      if (operation !== 1 && operation !== 2) return isFirstBlock(bytes, start, end, destinationPort)
      const nameEnd = findOctet(bytes, start + 2, Math.min(end, start + 300), 0)
      if (nameEnd < start + 3 || !isPrintable(bytes, start + 2, nameEnd)) return Verdict.NO
      if (!hasAnyText(bytes, nameEnd + 1, end, MODES)) return Verdict.NO
      facts.set('file.path', readText(bytes, start + 2, nameEnd))
      facts.set('tftp.operation', operation === 1 ? 'read' : 'write')
      expectations.add(addressesOf(packet).source, packet.sourcePort, tftpTransfer, packet.timeUs)
      facts.isComplete = true
      return Verdict.YES
    },
  }
}

/** Servers that answer from port 69 itself: data block 1 or acknowledgement. */
function isFirstBlock(bytes: Uint8Array, start: number, end: number, destinationPort: number): Verdict {
  const operation = end - start >= 4 && destinationPort === 69 ? readUint16(bytes, start) : 0
  return operation === 3 || (operation === 4 && end - start === 4) ? Verdict.YES : Verdict.NO
}
