import { FileSource } from '../src/capture/file-source.ts'
import { DecodeStatus } from '../src/decode/decode-status.ts'
import { Decoder } from '../src/decode/decoder.ts'
import { Family, type Packet } from '../src/decode/packet.ts'
import { conversationKey } from './conversation-key.ts'

const PAYLOADS = 4
const OCTETS = 40

/** Hexadecimal starts of the first payloads of each conversation asked for, each after the port it came from and its length. */
export async function readFirstOctets(path: string, keys: ReadonlySet<string>): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  const source = new FileSource({ path })
  const decoder = new Decoder()
  await source.open()
  while (!source.ended) {
    source.read((frame) => {
      if (decoder.decode(frame) !== DecodeStatus.OK) return
      const { packet } = decoder
      if (packet.family === Family.NONE || packet.payloadEnd <= packet.payload) return
      const key = keyOf(packet)
      const payloads = found.get(key) ?? []
      if (!keys.has(key) || payloads.length >= PAYLOADS) return
      const octets = packet.bytes.subarray(packet.payload, Math.min(packet.payloadEnd, packet.payload + OCTETS))
      payloads.push(`${packet.sourcePort} ${packet.payloadLength}: ${Buffer.from(octets).toString('hex')}`)
      found.set(key, payloads)
    }, 8_192)
  }
  await source.close()
  return found
}

function keyOf({
  bytes,
  family,
  protocol,
  sourceAddress,
  destinationAddress,
  sourcePort,
  destinationPort,
}: Packet): string {
  const length = family === Family.IPV4 ? 4 : 16
  return conversationKey({
    protocol,
    source: bytes.subarray(sourceAddress, sourceAddress + length),
    sourcePort,
    destination: bytes.subarray(destinationAddress, destinationAddress + length),
    destinationPort,
  })
}
