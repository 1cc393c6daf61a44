import { isPrintable } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const FINAL_TEXT = 0x81
const MASKED = 0x80
const LONGEST = 125
const SEEN = 0x81

/**
 * A WebSocket conversation whose upgrade was not seen (RFC 6455 section 5.2): short text frames that fill their segments, those of
 * the client masked, of both ends. Memory: which end was seen.
 */
export const websocket: Recogniser = {
  name: 'websocket',
  transport: 'tcp',
  firstOctets: [FINAL_TEXT],
  confidence: 0.9,
  recognise({ bytes, start, end, memory, memoryAt }: Head, facts: FlowFacts): Verdict {
    if (end - start < 4) return Verdict.NO
    const isMasked = (bytes[start + 1] & MASKED) !== 0
    const length = bytes[start + 1] & 0x7f
    const data = start + 2 + (isMasked ? 4 : 0)
    if (length > LONGEST || length === 0 || data + length !== end) return Verdict.NO
    if (isMasked ? !isPrintableMasked(bytes, start + 2, length) : !isPrintable(bytes, data, end)) return Verdict.NO
    const other = SEEN + (isMasked ? 0 : 1)
    const isBoth = memory[memoryAt + 3] === other
    memory[memoryAt + 3] = SEEN + (isMasked ? 1 : 0)
    if (!isBoth) return Verdict.MORE
    facts.isComplete = true
    return Verdict.YES
  },
}

function isPrintableMasked(bytes: Uint8Array, mask: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const octet = bytes[mask + 4 + i] ^ bytes[mask + (i & 3)]
    if (octet < 0x20 || octet > 0x7e) return false
  }
  return true
}
