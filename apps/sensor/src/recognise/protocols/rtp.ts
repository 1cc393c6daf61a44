import { readUint16, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, octets, type Recogniser, Verdict } from '../recogniser.ts'

const HEADER = 12
/** Steps of the sequence number that two packets of one stream in a row may have: some were lost or came late. */
const MAX_STEP = 16
/** Packets that must follow one another. */
const ENOUGH = 3
/** Types of audio and video in use (RFC 3551 section 6): the rest is unassigned or would look like RTCP. */
const LAST_STATIC = 34
const FIRST_DYNAMIC = 96

/** Whether the datagram can be RTP (RFC 3550 section 5.1): version 2, payload type, sequence 2, time 4, source 4, contributors 4 each. */
export function isRtp({ bytes, start, end }: Head): boolean {
  if (end - start < HEADER + 1 || bytes[start] >> 6 !== 2) return false
  const type = bytes[start + 1] & 0x7f
  return (type <= LAST_STATIC || type >= FIRST_DYNAMIC) && end - start > HEADER + (bytes[start] & 0x0f) * 4
}

/**
 * RTP by packets that follow one another: one source and sequence numbers that rise. Three are needed, as nothing else in the
 * header is fixed. Memory: source, sequence number and count, for the direction that spoke first.
 */
export const rtp: Recogniser = {
  name: 'rtp',
  transport: 'udp',
  firstOctets: octets(0x80, 0xbf),
  confidence: 0.9,
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, memory, memoryAt, forward } = head
    if (!isRtp(head) || head.destinationPort === 53 || head.sourcePort < 1_024 || head.destinationPort < 1_024)
      return Verdict.NO
    const at = memoryAt + (forward ? 0 : 2)
    const source = readUint32(bytes, start + 8)
    const sequence = readUint16(bytes, start + 2)
    if (source === 0 || source === 0xffff_ffff) return Verdict.NO
    const step = (sequence - (memory[at + 1] & 0xffff)) & 0xffff
    const count = memory[at] === source && step > 0 && step <= MAX_STEP ? (memory[at + 1] >>> 16) + 1 : 1
    memory[at] = source
    memory[at + 1] = (count << 16) | sequence
    if (count < ENOUGH) return Verdict.MORE
    facts.set('rtp.payload_type', bytes[start + 1] & 0x7f)
    facts.isComplete = true
    return Verdict.YES
  },
}

/** RTP or RTCP at an endpoint that a session description announced: one packet of the right version is enough. */
export const announcedRtp: Recogniser = {
  name: 'rtp',
  transport: 'udp',
  recognise(head: Head, facts: FlowFacts): Verdict {
    if (head.isTcp || !isRtp(head)) return Verdict.NO
    facts.set('rtp.payload_type', head.bytes[head.start + 1] & 0x7f)
    facts.isComplete = true
    return Verdict.YES
  },
}

/** RTP over a TCP connection of its own, each packet after its length 2 (RFC 4571), by the same rule as datagrams. */
export const rtpOverTcp: Recogniser = {
  name: 'rtp',
  transport: 'tcp',
  firstOctets: octets(0, 6),
  confidence: 0.9,
  recognise({ bytes, start, end }: Head, facts: FlowFacts): Verdict {
    let count = 0
    let last = -1
    let at = start
    for (; at + 2 + HEADER <= end; at += 2 + readUint16(bytes, at)) {
      const type = bytes[at + 3] & 0x7f
      const isPacket = bytes[at + 2] >> 6 === 2 && (type <= LAST_STATIC || type >= FIRST_DYNAMIC)
      if (!isPacket || readUint16(bytes, at) <= HEADER || readUint32(bytes, at + 10) !== readUint32(bytes, start + 10))
        return Verdict.NO
      const sequence = readUint16(bytes, at + 4)
      if (last >= 0 && ((sequence - last) & 0xffff) - 1 > MAX_STEP) return Verdict.NO
      last = sequence
      count++
    }
    if (count < ENOUGH) return count > 0 ? Verdict.MORE : Verdict.NO
    facts.isComplete = true
    return Verdict.YES
  },
}
