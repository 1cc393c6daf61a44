import type { Packet } from '../decode/packet.ts'
import { Family, Protocol, TcpFlag } from '../decode/packet.ts'

/** Service ports above 1023 that a client is unlikely to have been given. */
const SERVICE_PORTS = new Set([
  1080, 1194, 1433, 1521, 1723, 1883, 1935, 2049, 2375, 2376, 3000, 3128, 3306, 3389, 3478, 4500, 5000, 5060, 5061,
  5222, 5353, 5355, 5432, 5671, 5672, 5900, 5984, 5985, 6379, 6443, 6667, 6881, 7443, 7444, 8000, 8008, 8080, 8081,
  8086, 8088, 8443, 8554, 8883, 8888, 9000, 9042, 9090, 9092, 9100, 9200, 9300, 9418, 10000, 11211, 25565, 27017, 51820,
])
const FIRST_EPHEMERAL_PORT = 1024

/**
 * Whether the sender of a flow's first packet is the responder. SYN and SYN+ACK tell; an ICMP reply tells; else the
 * sender is taken for the server if only its port is a service's. Otherwise whoever spoke first is the initiator.
 */
export function isFromResponder(packet: Packet): boolean {
  const { protocol, sourcePort, destinationPort } = packet
  if (protocol === Protocol.TCP) {
    const handshake = packet.tcpFlags & (TcpFlag.SYN | TcpFlag.ACK)
    if (handshake === TcpFlag.SYN) return false
    if (handshake === (TcpFlag.SYN | TcpFlag.ACK)) return true
  }
  if (protocol === Protocol.TCP || protocol === Protocol.SCTP) {
    return isServicePort(sourcePort) && !isServicePort(destinationPort)
  }
  // A datagram flow that began before the capture is rarer than an application that sends from a high port of its own.
  if (protocol === Protocol.UDP) {
    return isWellKnown(sourcePort) && !isServicePort(destinationPort) && !isToMany(packet)
  }
  if (packet.oneWay) return false
  if (protocol === Protocol.ICMP) return sourcePort === 0 && destinationPort === 8
  if (protocol === Protocol.ICMPV6) return sourcePort === 129
  return false
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
