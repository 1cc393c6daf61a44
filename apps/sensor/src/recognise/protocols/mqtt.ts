import { hasText, readText, readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { message } from './message.ts'

const CONNECT = 0x10
const VERSIONS: Record<number, string> = { 3: '3.1', 4: '3.1.1', 5: '5.0' }
const CONNACK = 0x20

/**
 * MQTT (3.1, 3.1.1, 5.0 section 3.1): CONNECT 0x10, remaining length, protocol name with its length 2, level, flags, keep alive
 * 2, (5.0: properties), client id 2+n. On its port other packets of a conversation whose start was not seen count too.
 */
export const mqtt = message(
  { name: 'mqtt', transport: 'tcp', ports: [1883], firstOctets: [CONNECT] },
  ({ bytes, start, end, destinationPort, sourcePort }, facts) => {
    let at = start + 1
    while (at < start + 4 && at < end && (bytes[at] & 0x80) !== 0) at++
    if (bytes[start] !== CONNECT)
      return (destinationPort === 1883 || sourcePort === 1883) && isPacket(bytes, start, end)
    const name = readUint16(bytes, at + 1)
    const isNamed =
      (name === 4 && hasText(bytes, at + 3, end, 'MQTT')) || (name === 6 && hasText(bytes, at + 3, end, 'MQIsdp'))
    if (!isNamed) return false
    const level = at + 3 + name
    if (level >= end) return true
    facts.set('mqtt.version', VERSIONS[bytes[level] & 0x7f] ?? '')
    let id = level + 4
    if (bytes[level] === 5 && id < end) id += 1 + (bytes[id] & 0x7f)
    const length = readUint16(bytes, id)
    if (id + 2 <= end && id + 2 + length <= end) facts.set('mqtt.client_id', readText(bytes, id + 2, id + 2 + length))
    return true
  },
)

/** A control packet that fills the segment exactly, with the flags its type must have (section 2.1.3). */
function isPacket(bytes: Uint8Array, start: number, end: number): boolean {
  const type = bytes[start] >> 4
  const flags = bytes[start] & 0x0f
  if (end - start < 2 || (bytes[start + 1] & 0x80) !== 0 || bytes[start + 1] !== end - start - 2) return false
  if (bytes[start] === CONNACK) return bytes[start + 1] >= 2
  if (type === 3) return flags !== 6 && flags !== 7 && readUint16(bytes, start + 2) < end - start - 3
  if (type === 8 || type === 10 || type === 6) return flags === 2
  return flags === 0 && type >= 4 && type <= 14 && bytes[start + 1] <= 2
}

const PUBLISH = 3
const PUBACK = 0x4002
const PINGREQ = 0xc000
const PINGRESP = 0xd000

/**
 * A conversation on another port whose start was not seen: a ping and its answer, or a message of QoS 1 and the acknowledgement with
 * its id, each alone in its segment. Memory: what was asked, by whom, and the id.
 */
export const mqttMiddle: Recogniser = {
  name: 'mqtt',
  transport: 'tcp',
  firstOctets: [PINGREQ >> 8, PINGRESP >> 8, 0x32, 0x33, PUBACK >> 8],
  confidence: 0.9,
  recognise({ bytes, start, end, forward, memory, memoryAt }: Head, facts: FlowFacts): Verdict {
    const word = end - start >= 2 ? readUint16(bytes, start) : 0
    const asker = forward ? 1 : 2
    const isOther = memory[memoryAt + 2] !== 0 && memory[memoryAt + 2] !== asker
    const isPong = word === PINGRESP && end - start === 2 && memory[memoryAt] === PINGREQ
    const isAck =
      word === PUBACK &&
      end - start === 4 &&
      memory[memoryAt] === PUBLISH &&
      readUint16(bytes, start + 2) === memory[memoryAt + 1]
    if (isOther && (isPong || isAck)) {
      facts.isComplete = true
      return Verdict.YES
    }
    const id = word === PINGREQ && end - start === 2 ? 0 : packetIdOf(bytes, start, end)
    if (id < 0) return Verdict.NO
    memory[memoryAt] = word === PINGREQ ? PINGREQ : PUBLISH
    memory[memoryAt + 1] = id
    memory[memoryAt + 2] = asker
    return Verdict.MORE
  },
}

/** Id of a PUBLISH of QoS 1 that fills the segment: remaining length 1, topic 2+n, id 2; -1 where it is none. */
function packetIdOf(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] >> 1 !== 0x19 || bytes[start + 1] !== end - start - 2 || bytes[start + 1] >= 0x80) return -1
  const id = start + 4 + readUint16(bytes, start + 2)
  return id + 2 <= end ? readUint16(bytes, id) : -1
}
