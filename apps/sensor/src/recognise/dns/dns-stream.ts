import { readUint16 } from '../byte-text.ts'
import { type Head, Verdict } from '../recogniser.ts'
import { DNS_HEADER, looksLikeDns } from './dns-message.ts'
import { readMessage, type Reading } from './read-message.ts'

/** Shortest message: a header and the question of the root. */
const SHORTEST = DNS_HEADER + 5

/**
 * DNS over TCP: each message has its length before it (RFC 1035 section 4.2.2); several may come in one segment, and one in several,
 * its length alone in the first of them.
 * Memory: octets of the stream head that were read, forward and reverse; a head begins with the segment that began it.
 */
export function readStream(head: Head, reading: Reading): Verdict {
  const { bytes, start, end, forward, packet, memory, memoryAt } = head
  const place = memoryAt + (forward ? 0 : 1)
  const isHeld = bytes !== packet.bytes
  let at = start + (isHeld && reading.facts.dns ? memory[place] : 0)
  memory[place] = 0
  while (at + 2 + DNS_HEADER <= end) {
    const next = at + 2 + readUint16(bytes, at)
    if (next - at < 2 + SHORTEST || !looksLikeDns(bytes, at + 2, next)) break
    if (next > end) return wantMore(head, place, at, reading)
    reading.facts.isEndless = true
    readMessage(bytes, at + 2, next, reading)
    at = next
  }
  const isBegun = at < end && at + 2 + DNS_HEADER > end && (end - at < 2 || readUint16(bytes, at) >= SHORTEST)
  if (isBegun) return wantMore(head, place, at, reading)
  return reading.facts.dns ? Verdict.YES : Verdict.NO
}

/** The head is kept, and what was read of it remembered. */
function wantMore({ start, memory }: Head, place: number, at: number, { facts }: Reading): Verdict {
  if (!facts.dns) return Verdict.MORE
  memory[place] = at - start
  return Verdict.KEEP
}
