import { hasAnyText, hasText, readUint16, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, usesPort, Verdict } from '../recogniser.ts'
import { message } from './message.ts'

const HANDSHAKE = '\x13BitTorrent protocol'
const DHT = ['d1:ad2:id20:', 'd1:rd2:id20:', 'd2:ip6:', 'd1:eli20', 'd1:q4:ping', 'd1:q9:find_node', 'd1:q9:get_peers']
const TRACKER_MAGIC = 0x417
const TRACKER_MAGIC_END = 0x2710_1980

/** BitTorrent: the handshake of peers (BEP 3), or a request of a tracker by HTTP. */
export const bittorrent = message(
  { name: 'bittorrent', transport: 'tcp', firstOctets: [0x13, 0x47] },
  ({ bytes, start, end }) => {
    if (hasText(bytes, start, end, HANDSHAKE)) return true
    return hasAnyText(bytes, start, end, ['GET /announce?info_hash=', 'GET /scrape?info_hash='])
  },
)

/**
 * BitTorrent over UDP: the DHT (BEP 5), a bencoded dictionary with a query or an answer; local discovery (BEP 14); a connection to
 * a tracker (BEP 15); a handshake of peers within uTP (BEP 29).
 */
export const bittorrentUdp = message(
  { name: 'bittorrent', firstOctets: [0, 0x01, 0x11, 0x42, 0x64] },
  ({ bytes, start, end }) => {
    if (hasAnyText(bytes, start, end, DHT) || hasText(bytes, start, end, 'BT-SEARCH * HTTP/1.1')) return true
    if (
      end - start === 16 &&
      readUint32(bytes, start) === TRACKER_MAGIC &&
      readUint32(bytes, start + 4) === TRACKER_MAGIC_END
    )
      return true
    return end - start > 40 && bytes[start] === 1 && bytes[start + 1] <= 3 && hasText(bytes, start + 20, end, HANDSHAKE)
  },
)

/** Steps of the sequence number, and microseconds, that two packets of one connection in a row may lie apart. */
const MAX_STEP = 32
const MAX_LAG_US = 20_000_000
const UTP_HEADER = 20

/**
 * uTP (BEP 29): type 4 bits (0 to 4) and version 1, extension (0 to 3), connection 2, time 4, difference 4, window 4, sequence 2,
 * acknowledged 2. Two packets are needed, of one direction or both, of one connection and near in time and sequence. Memory:
 * connection, time, sequence and acknowledged number, and direction of the last packet.
 */
export const utp: Recogniser = {
  name: 'bittorrent',
  transport: 'udp',
  firstOctets: [0x01, 0x11, 0x21, 0x31, 0x41],
  confidence: 0.9,
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward, memory, memoryAt } = head
    if (end - start < UTP_HEADER || bytes[start + 1] > 3 || usesPort(head, 443) || usesPort(head, 53)) return Verdict.NO
    const connection = readUint16(bytes, start + 2)
    const timeUs = readUint32(bytes, start + 4)
    const isSame = memory[memoryAt] !== 0 && Math.abs(memory[memoryAt] - 1 - connection) <= 1
    const isTurn = (memory[memoryAt + 3] === 1) !== forward
    const [lastSent, lastHeard] = [memory[memoryAt + 2] >>> 16, memory[memoryAt + 2] & 0xffff]
    const sent = stepOf(isTurn ? lastHeard : lastSent, readUint16(bytes, start + 16))
    const heard = stepOf(isTurn ? lastSent : lastHeard, readUint16(bytes, start + 18))
    const isNear = isTurn || (timeUs - memory[memoryAt + 1]) >>> 0 < MAX_LAG_US
    memory[memoryAt] = connection + 1
    memory[memoryAt + 1] = timeUs
    memory[memoryAt + 2] = readUint32(bytes, start + 16)
    memory[memoryAt + 3] = forward ? 1 : 2
    const progresses = isTurn ? heard <= MAX_STEP : sent + heard > 0 && sent <= MAX_STEP && heard <= MAX_STEP
    if (!isSame || !isNear || !progresses) return Verdict.MORE
    facts.isComplete = true
    return Verdict.YES
  },
}

/** How far a number of 16 bits went on; large where it went back. */
function stepOf(from: number, to: number): number {
  return (to - from) & 0xffff
}
