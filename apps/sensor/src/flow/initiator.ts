import { InitiatorReason } from '@picket/proto/flow'
import { Family, type Packet, Protocol, TcpFlag } from '../decode/packet.ts'

const { FIRST_SEEN, HANDSHAKE, HEURISTIC } = InitiatorReason
const { ICMP, ICMPV6, SCTP, TCP, UDP, UDP_LITE } = Protocol
const { ACK, SYN } = TcpFlag

/** Service ports above 1023 that a client is unlikely to have been given. */
const SERVICE_PORTS = new Set([
  1080, 1194, 1433, 1521, 1723, 1883, 1935, 2049, 2375, 2376, 3000, 3128, 3306, 3389, 3478, 4500, 5000, 5060, 5061,
  5222, 5353, 5355, 5432, 5671, 5672, 5900, 5984, 5985, 6379, 6443, 6667, 6881, 7443, 7444, 8000, 8008, 8080, 8081,
  8086, 8088, 8443, 8554, 8883, 8888, 9000, 9042, 9090, 9092, 9100, 9200, 9300, 9418, 10000, 11211, 25565, 27017, 51820,
])
const FIRST_EPHEMERAL_PORT = 1024

/** Bits of what `initiatorOf` returns: a value of InitiatorReason, and whether the responder sent the packet. */
export const REASON = 3
export const FROM_RESPONDER = 4

/**
 * Who began a flow, told from its first packet. SYN and SYN+ACK tell, and so does an ICMP request or reply; else the
 * sender is taken for the server if only its port is a service's. Otherwise whoever spoke first is the initiator.
 */
export function initiatorOf(packet: Packet): number {
  const { protocol, sourcePort, destinationPort } = packet
  switch (protocol) {
    case TCP: {
      const handshake = packet.tcpFlags & (SYN | ACK)
      if (handshake === SYN) return HANDSHAKE
      if (handshake === (SYN | ACK)) return HANDSHAKE | FROM_RESPONDER
      return fromPorts(isServicePort(sourcePort), isServicePort(destinationPort))
    }
    case SCTP:
      return fromPorts(isServicePort(sourcePort), isServicePort(destinationPort))
    case UDP:
    case UDP_LITE:
      // A datagram flow that began before the capture is rarer than an application that sends from a high port.
      if (isToMany(packet)) return FIRST_SEEN
      return fromPorts(isWellKnown(sourcePort), isServicePort(destinationPort))
    case ICMP:
      return packet.oneWay ? FIRST_SEEN : fromRequest(sourcePort === 0 && destinationPort === 8)
    case ICMPV6:
      return packet.oneWay ? FIRST_SEEN : fromRequest(sourcePort === 129)
    default:
      return FIRST_SEEN
  }
}

function fromPorts(sourceServes: boolean, destinationServes: boolean): number {
  if (sourceServes === destinationServes) return FIRST_SEEN
  return sourceServes ? HEURISTIC | FROM_RESPONDER : HEURISTIC
}

function fromRequest(isReply: boolean): number {
  return isReply ? HANDSHAKE | FROM_RESPONDER : HANDSHAKE
}

function isServicePort(port: number): boolean {
  return isWellKnown(port) || SERVICE_PORTS.has(port)
}

function isWellKnown(port: number): boolean {
  return port > 0 && port < FIRST_EPHEMERAL_PORT
}

/** Multicast or limited broadcast: the destination can not have started it. */
function isToMany(packet: Packet): boolean {
  const first = packet.bytes[packet.destinationAddress]
  return packet.family === Family.IPV4 ? first >= 224 : first === 0xff
}
