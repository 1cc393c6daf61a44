import { Packet, Protocol } from '../src/decode/packet.ts'
import { FlowFacts } from '../src/recognise/flow-facts.ts'
import type { Head, Recogniser, Verdict } from '../src/recognise/recogniser.ts'

type HeadOptions = Partial<
  Pick<Head, 'forward' | 'isTcp' | 'sourcePort' | 'destinationPort' | 'wireLength' | 'memory' | 'packet'>
>

/** Shows octets to a recogniser as the head of a stream, not at offset 0. `memory` is kept between calls where given. */
export function recognise(
  recogniser: Recogniser,
  octets: Uint8Array,
  options: HeadOptions & { facts?: FlowFacts } = {},
): { verdict: Verdict; facts: FlowFacts } {
  const { facts = new FlowFacts(recogniser), ...rest } = options
  const bytes = new Uint8Array(octets.length + 24).fill(0x99)
  bytes.set(octets, 12)
  const isTcp = rest.isTcp ?? recogniser.transport === 'tcp'
  const head: Head = {
    bytes,
    start: 12,
    end: 12 + octets.length,
    forward: true,
    isTcp,
    sourcePort: 50_000,
    destinationPort: 0,
    wireLength: octets.length,
    packet: packetOf(bytes, isTcp),
    memory: new Uint32Array(4),
    memoryAt: 0,
    ...rest,
  }
  return { verdict: facts.recogniser.recognise(head, facts), facts }
}

/** A packet whose addresses are octets before the payload: 153.153.153.153 both. */
function packetOf(bytes: Uint8Array, isTcp: boolean): Packet {
  const packet = new Packet()
  packet.bytes = bytes
  packet.family = 4
  packet.protocol = isTcp ? Protocol.TCP : Protocol.UDP
  packet.sourceAddress = 0
  packet.destinationAddress = 4
  packet.sourcePort = 50_000
  return packet
}
