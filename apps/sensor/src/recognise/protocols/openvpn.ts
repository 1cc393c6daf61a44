import { readUint16, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const HARD_RESETS = [1, 2, 7, 8, 10]
const ACK = 5
const CONTROL = 4
const PLAIN = 14
/** 2001-09-09: earlier times are none. */
const MIN_TIME = 1_000_000_000
const MAX_CLOCK_DIFFERENCE_S = 86_400
/** Length of the digest between session id and packet id, none, or that of tls-auth with MD5, SHA-1, SHA-256, SHA-512. */
const DIGESTS = [16, 20, 32, 64]

/**
 * OpenVPN (its protocol page): operation 5 bits and key 3 bits, session id 8, then with tls-auth a digest, packet id 4 and time
 * 4, then the list of acknowledged packets and the packet id. It opens with a hard reset of key 0; over TCP a length of 2 comes
 * before. Sure once both ends have spoken: the answer acknowledges the session id of the first. Memory: session id, packets.
 */
export const openvpn: Recogniser = {
  name: 'openvpn',
  transport: 'both',
  ports: [1194],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, isTcp, memory, memoryAt } = head
    const at = isTcp ? start + 2 : start
    if (end - at < PLAIN || (isTcp && readUint16(bytes, start) > 2_000)) return Verdict.NO
    if (isTcp && readUint16(bytes, start) + 2 > end - start) return Verdict.NO
    const operation = bytes[at] >> 3
    if ((bytes[at] & 7) !== 0) return Verdict.NO
    const session = readUint32(bytes, at + 1)
    if (memory[memoryAt] === 0) {
      const isReset = HARD_RESETS.includes(operation) && session !== 0 && isShapedReset(bytes, at, end)
      if (!isReset) return Verdict.NO
      memory[memoryAt] = session
      memory[memoryAt + 1] = head.forward ? 1 : 2
      memory[memoryAt + 2] = timeOf(bytes, at)
      return Verdict.MORE
    }
    const isOther = memory[memoryAt + 1] !== (head.forward ? 1 : 2)
    const isControl = HARD_RESETS.includes(operation) || operation === ACK || operation === CONTROL
    if (!isControl || (!isOther && session !== memory[memoryAt])) return Verdict.NO
    const isAnswer =
      isOther && (acknowledges(head, at, memory[memoryAt]) || isTimely(timeOf(bytes, at), memory[memoryAt + 2]))
    if (!isAnswer && !(operation === CONTROL && carriesTls(bytes, at, end))) return isOther ? Verdict.NO : Verdict.MORE
    facts.isComplete = true
    return Verdict.YES
  },
}

/**
 * A reset acknowledges nothing and has packet id 0: at 9 and 10, or behind a digest, packet id 1 and a time; with tls-crypt packet
 * id 1 and time come first. A server's may acknowledge one packet.
 */
function isShapedReset(bytes: Uint8Array, at: number, end: number): boolean {
  const length = end - at
  if (length >= PLAIN && bytes[at + 9] === 0 && readUint32(bytes, at + 10) === 0) return true
  if (length === PLAIN + 12 && bytes[at + 9] === 1 && readUint32(bytes, at + 10) === 0) return true
  if (timeOf(bytes, at) !== 0 && length >= PLAIN + 32) return true
  return (
    DIGESTS.some((digest) => length >= 9 + digest + 8 && readUint32(bytes, at + 9 + digest) === 1) ||
    bytes[at] >> 3 === 10
  )
}

/** The time of a packet protected by tls-crypt, seconds since the epoch; 0 where it is none. */
function timeOf(bytes: Uint8Array, at: number): number {
  const seconds = readUint32(bytes, at + 13)
  return readUint32(bytes, at + 9) === 1 && seconds > MIN_TIME ? seconds : 0
}

function isTimely(time: number, other: number): boolean {
  return time !== 0 && other !== 0 && Math.abs(time - other) < MAX_CLOCK_DIFFERENCE_S
}

/** Behind the list of acknowledged packets, the session they belong to and the packet id: a handshake record of TLS. */
function carriesTls(bytes: Uint8Array, at: number, end: number): boolean {
  const count = bytes[at + 9]
  const record = at + 10 + (count > 0 ? count * 4 + 8 : 0) + 4
  return count <= 8 && record + 3 <= end && bytes[record] === 22 && bytes[record + 1] === 3
}

/** Whether the session id of the other end is repeated, as every answer does. */
function acknowledges({ bytes, end }: Head, at: number, session: number): boolean {
  const last = Math.min(end - 4, at + 110)
  for (let from = at + 9; from <= last; from++) if (readUint32(bytes, from) === session) return true
  return false
}
