import { Frame } from './frame.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import { LinkType } from './link-type.ts'
import { Meters } from './meters.ts'

const FRAMES = 30_000
/** As large as times are today. */
const START_US = 1.8e15
/** More than an index of flows begins with, so that it grows; conversations of both meters, for whose last there is no room. */
const FLOWS = 1_280
const CONVERSATIONS = 2_600
const MOST_OCTETS = 512
const ETHERNET_OCTETS = 14
const SNAPPED = 96
const LENGTHS = [64, 128, 64, 512]
/** Those of recognisers that are asked often, and none. */
const PORTS = [443, 80, 53, 22, 8_080, 3_306, 5_000]
/** SYN, SYN and ACK, ACK, ACK and PSH, ACK and FIN, RST (RFC 9293). */
const FLAGS = [0x02, 0x12, 0x10, 0x18, 0x11, 0x04]
const [TCP, UDP] = [6, 17]
/** From one segment to the next, octets. */
const STEP = 400

/**
 * Meters some thousand made-up packets into nothing, so that the code of the packet path is compiled before the first real
 * one comes. Without it the first 15,000 packets take 10 to 20 us each, and a ring of 8 MiB overflows when they come
 * as fast as a gigabit link carries them. What was compiled for one meter alone, or for packets of one kind, would be thrown away at the
 * first of another: so there are two meters, and both directions, lengths, flags and ports. Takes some 200 ms, once.
 */
export function warmUp(): void {
  const meters = new Meters({ idleTimeoutMs: 1_000, activeTimeoutMs: 2_000, maxFlows: FLOWS })
  const both = [meters.meterFor(''), meters.meterFor('')]
  const frames = [frameAt(0), frameAt(MOST_OCTETS)]
  for (let i = 0; i < FRAMES; i++) {
    const frame = frames[i & 1]
    const length = LENGTHS[(i + roundOf(i)) % LENGTHS.length]
    writeFrame(new DataView(frame.bytes.buffer, MOST_OCTETS * (i & 1)), length, i)
    const link = i % 16 === 0 ? ETHERNET_OCTETS : 0
    frame.linkType = link > 0 ? LinkType.RAW : LinkType.ETHERNET
    frame.offset = MOST_OCTETS * (i & 1) + link
    frame.wireLength = length - link
    frame.capturedLength = Math.min(frame.wireLength, i % 9 === 0 ? SNAPPED : MOST_OCTETS)
    frame.vlanId = i % 32 === 0 ? 7 : 0
    frame.timeUs = START_US + i * 100
    both[(i >> 1) & 1].handle(frame)
    if (i % FLOWS === 0) for (const meter of both) meter.takeFlows()
  }
  for (const meter of both) end(meter)
}

function frameAt(offset: number): Frame {
  const frame = new Frame()
  frame.bytes = new Uint8Array(offset + MOST_OCTETS)
  return frame
}

function end(meter: InterfaceMeter): void {
  while (meter.table.endSome(FLOWS));
}

/** How many packets of each conversation came before. */
const roundOf = (number: number): number => Math.floor(number / CONVERSATIONS)

/** One of a conversation's, either way, in order or not: Ethernet, IPv4 (RFC 791) or now and then IPv6 (RFC 8200), TCP or UDP. */
function writeFrame(view: DataView, length: number, number: number): void {
  const flow = (number * 7) % CONVERSATIONS
  const protocol = flow % 3 === 0 ? UDP : TCP
  const isReverse = (number + roundOf(number)) % 5 < 2
  const ports = flow % 8 === 1 ? writeIpv6(view, length, protocol) : writeIpv4(view, length, protocol, isReverse)
  const [client, server] = [49_152 + flow, PORTS[flow % PORTS.length]]
  view.setUint16(ports, isReverse ? server : client)
  view.setUint16(ports + 2, isReverse ? client : server)
  if (protocol === UDP) view.setUint16(ports + 4, length - ports)
  else {
    const first = flow * 1_000_000
    view.setUint32(ports + 4, first + (roundOf(number) ^ 1) * STEP)
    view.setUint32(ports + 8, first + roundOf(number) * STEP)
    view.setUint16(ports + 12, 0x5000 | FLAGS[number % FLAGS.length])
    view.setUint16(ports + 14, number % 64 === 0 ? 0 : number & 0xffff)
  }
}

/** Between 192.0.2.1 and 192.0.2.2; returns where the ports are. */
function writeIpv4(view: DataView, length: number, protocol: number, isReverse: boolean): number {
  view.setUint16(12, 0x0800)
  view.setUint16(14, 0x4500)
  view.setUint16(16, length - 14)
  view.setUint32(18, 0)
  view.setUint16(22, 0x4000 | protocol)
  view.setUint32(26, 0xc000_0201 + Number(isReverse))
  view.setUint32(30, 0xc000_0202 - Number(isReverse))
  return 34
}

/** From ::1 to ::2; returns where the ports are. */
function writeIpv6(view: DataView, length: number, protocol: number): number {
  view.setUint16(12, 0x86dd)
  view.setUint32(14, 0x6000_0000)
  view.setUint16(18, length - 54)
  view.setUint16(20, (protocol << 8) | 64)
  for (let at = 22; at < 54; at += 4) view.setUint32(at, 0)
  view.setUint8(37, 1)
  view.setUint8(53, 2)
  return 54
}
