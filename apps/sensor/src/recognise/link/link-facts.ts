import { EtherType } from '../../decode/ether-type.ts'
import { Family, type Packet, Protocol } from '../../decode/packet.ts'
import { FlowFacts } from '../flow-facts.ts'
import { type Recogniser, Verdict } from '../recogniser.ts'
import { readArp } from './arp.ts'
import { isNeighbourDiscovery, readNeighbourDiscovery } from './neighbour-discovery.ts'

/** The protocol stands in the header already: there is a name for it without a recogniser. */
const byHeader: Recogniser = { name: '', transport: 'both', confidence: 0, recognise: () => Verdict.NO }

/** Whether the packet is one of those that say which address belongs to which link address. */
export function saysNeighbours({ family, protocol, etherType, bytes, transport }: Packet): boolean {
  if (family === Family.NONE) return etherType === EtherType.ARP
  return protocol === Protocol.ICMPV6 && family === Family.IPV6 && isNeighbourDiscovery(bytes[transport])
}

/** Adds what such a packet says to the facts of its flow, which are made where there are none. */
export function readNeighbours(packet: Packet, known: FlowFacts | undefined): FlowFacts {
  const facts = known ?? new FlowFacts(byHeader)
  if (packet.family === Family.NONE) readArp(packet, facts)
  else readNeighbourDiscovery(packet, facts)
  return facts
}
