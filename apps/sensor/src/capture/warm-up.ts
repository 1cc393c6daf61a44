import { AddressNames } from '../recognise/address-names.ts'
import { Exclusion } from './exclusion.ts'
import { Frame } from './frame.ts'
import { InterfaceMeter } from './interface-meter.ts'

const FRAMES = 20_000
/** As large as times are today. */
const START_US = 1.8e15
const FLOWS = 256
const FRAME_OCTETS = 128
/** Where the ports of the frames below are. */
const PORTS_V4 = 34
const PORTS_V6 = 54

/**
 * Meters some thousand made-up packets into nothing, so that the code of the packet path is compiled before the first real
 * one comes. Without it the first 15,000 packets take 10 to 20 us each, and a ring of 8 MiB overflows when they come
 * as fast as a gigabit link carries them. Takes some 100 ms, once.
 */
export function warmUp(): void {
  const meter = new InterfaceMeter({
    interfaceName: '',
    idleTimeoutUs: 1e6,
    activeTimeoutUs: 2e6,
    maxFlows: FLOWS,
    exclusion: new Exclusion(),
    names: new AddressNames(),
  })
  const kinds = [udpOverIpv4(), tcpOverIpv4(), udpOverIpv6()]
  const frame = new Frame()
  frame.capturedLength = FRAME_OCTETS
  frame.wireLength = FRAME_OCTETS
  for (let i = 0; i < FRAMES; i++) {
    const { bytes, ports, sequence } = kinds[i % kinds.length]
    const flow = (i * 7) % (2 * FLOWS)
    bytes[ports] = 0xc0 | (flow >> 8)
    bytes[ports + 1] = flow & 0xff
    // Sequence numbers of every size: small and large ones are different kinds of numbers to V8, as are large times.
    if (sequence > 0) bytes[sequence] = i & 0xff
    frame.bytes = bytes
    frame.timeUs = START_US + i * 1_000
    meter.handle(frame)
    if (i % FLOWS === 0) meter.takeFlows()
  }
  while (meter.table.endSome(FLOWS));
}

interface FrameKind {
  bytes: Uint8Array
  ports: number
  /** Where the sequence number is; 0 where there is none. */
  sequence: number
}

/** Ethernet, IPv4 without options (RFC 791), then `protocol` with ports; from 192.0.2.1 to 192.0.2.2. */
function overIpv4(protocol: number): FrameKind {
  const bytes = new Uint8Array(FRAME_OCTETS)
  const length = FRAME_OCTETS - 14
  bytes.set([8, 0, 0x45, 0, 0, length, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2], 12)
  return { bytes, ports: PORTS_V4, sequence: 0 }
}

function udpOverIpv4(): FrameKind {
  const kind = overIpv4(17)
  kind.bytes.set([0, 9, 0, FRAME_OCTETS - 34], PORTS_V4 + 2)
  return kind
}

/** Data offset 5, acknowledgement set (RFC 9293). */
function tcpOverIpv4(): FrameKind {
  const kind = overIpv4(6)
  kind.bytes.set([0x50, 0x10], PORTS_V4 + 12)
  return { ...kind, sequence: PORTS_V4 + 4 }
}

/** Ethernet, IPv6 (RFC 8200), UDP; from ::1 to ::2. */
function udpOverIpv6(): FrameKind {
  const bytes = new Uint8Array(FRAME_OCTETS)
  bytes.set([0x86, 0xdd, 0x60, 0, 0, 0, 0, FRAME_OCTETS - 54, 17, 64], 12)
  bytes[37] = 1
  bytes[53] = 2
  bytes.set([0, 9, 0, FRAME_OCTETS - 54], PORTS_V6 + 2)
  return { bytes, ports: PORTS_V6, sequence: 0 }
}
