import { readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const PORT = 102
const DATA = 0xf0
const CONNECTION_REQUEST = 0xe0
const CONNECTION_CONFIRM = 0xd0
const S7 = 0x32
const S7_PLUS = 0x72
const PRESENTATION = 0x0d

/**
 * What runs over ISO transport on TCP (RFC 1006) on port 102: S7comm (0x32, message type 1 to 7) and its successor (0x72), or
 * MMS with its session layer. TPKT 03 00 and length 2, then X.224: length, type.
 */
export const s7comm: Recogniser = {
  name: 's7comm',
  transport: 'tcp',
  ports: [PORT],
  onlyOnPorts: true,
  recognise({ bytes, start, end }: Head, facts: FlowFacts): Verdict {
    for (let at = start; at < end;) {
      if (bytes[at] !== 3 || (at + 1 < end && bytes[at + 1] !== 0)) return Verdict.NO
      const next = at + readUint16(bytes, at + 2)
      if (at + 8 > end || next > end) return Verdict.MORE
      const kind = bytes[at + 5]
      if (next < at + 7) return Verdict.NO
      // The connection is the same for all of them: what comes next tells.
      if (kind === CONNECTION_REQUEST || kind === CONNECTION_CONFIRM) at = next
      else return kind === DATA ? readContent(bytes, at + 7, facts) : Verdict.NO
    }
    return Verdict.MORE
  },
}

function readContent(bytes: Uint8Array, at: number, facts: FlowFacts): Verdict {
  if (bytes[at] === PRESENTATION || bytes[at] === 1) facts.protocol = 'mms'
  else if (bytes[at] !== S7_PLUS && !(bytes[at] === S7 && bytes[at + 1] >= 1 && bytes[at + 1] <= 7)) return Verdict.NO
  facts.isComplete = true
  return Verdict.YES
}
