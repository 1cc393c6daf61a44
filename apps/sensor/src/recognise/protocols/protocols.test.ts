import type { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { ethernet, ipv4, tcp, text, udp } from '../../../test/packets.ts'
import { type ProtocolSample, SAMPLES } from '../../../test/protocol-samples.ts'
import { Exclusion } from '../../capture/exclusion.ts'
import { Frame } from '../../capture/frame.ts'
import { InterfaceMeter } from '../../capture/interface-meter.ts'
import { AddressNames } from '../address-names.ts'

const [CLIENT, SERVER] = ['192.0.2.1', '192.0.2.2']

/** One for all: a slot that was another flow's must leave nothing behind. */
const shared = new InterfaceMeter({
  interfaceName: 'test0',
  idleTimeoutUs: 3e7,
  activeTimeoutUs: 6e7,
  maxFlows: 64,
  exclusion: new Exclusion(),
  names: new AddressNames(),
})

/** Every conversation has a port of its own, as announced endpoints are remembered. */
let clientPort = 20_000

/** Meters a conversation and returns its flow; `cut` is how many octets of the first message are there. */
function meter({ transport, port, messages }: ProtocolSample, cut = Infinity): Flow {
  const frame = new Frame()
  clientPort = clientPort < 60_000 ? clientPort + 1 : 20_000
  const sequences = [1, 1]
  const send = (octets: Uint8Array, isBack: boolean, flags = 'PA'): void => {
    const [from, to] = isBack ? [port, clientPort] : [clientPort, port]
    const sequence = sequences[isBack ? 1 : 0]
    sequences[isBack ? 1 : 0] += octets.length
    const body = transport === 'tcp' ? tcp({ from, to, flags, sequence, payload: octets }) : udp(from, to, octets)
    frame.bytes = ethernet(isBack ? ipv4({ from: SERVER, to: CLIENT }, body) : ipv4({ from: CLIENT, to: SERVER }, body))
    frame.capturedLength = frame.bytes.length
    frame.wireLength = frame.bytes.length
    frame.timeUs = 1_795_384_000_000_000
    shared.handle(frame)
  }
  if (transport === 'tcp') send(new Uint8Array(0), false, 'S')
  for (const [i, message] of messages.entries()) {
    const octets = message instanceof Uint8Array ? message : message[1]
    send(octets.subarray(0, i === 0 ? cut : undefined), !(message instanceof Uint8Array))
  }
  while (shared.table.endSome(10));
  return shared.takeFlows()[0]
}

test.each(SAMPLES.map((sample) => [sample.protocol, sample.transport, sample] as const))(
  '%s over %s',
  (protocol, _, sample) => {
    const flow = meter(sample)
    expect(flow.protocolName).toBe(protocol)
    expect(flow.protocolConfidence).toBeGreaterThanOrEqual(0.8)
    expect(flow.protocolFields).toMatchObject(sample.fields ?? {})
  },
)

test('a first message cut anywhere is the same protocol or none', () => {
  for (const sample of SAMPLES) {
    const [first] = sample.messages
    const { length } = first instanceof Uint8Array ? first : first[1]
    for (let cut = 1; cut < length; cut++) {
      const { protocolName } = meter(sample, cut)
      const isSame = protocolName === '' || protocolName === sample.protocol || RELATED.has(protocolName)
      expect(isSame, `${sample.protocol} cut at ${cut} is ${protocolName}`).toBe(true)
    }
  }
})

/** What a shorter message of another protocol truly is. */
const RELATED = new Set(['stun', 'ipfix', 'netflow', 'http', 's7comm'])

test.each<[string, 'tcp' | 'udp', number, string | Uint8Array]>([
  ['words that begin as commands do', 'tcp', 9_999, 'GET the file please\r\nEHL0 no\r\nNICKNAME x\r\n'],
  ['a greeting of something else', 'tcp', 9_999, '220 welcome to the machine\r\n'],
  ['random text', 'tcp', 25_000, 'nothing that is known to anybody at all'],
  ['zeros', 'tcp', 9_998, new Uint8Array(64)],
  ['zeros in a datagram', 'udp', 9_998, new Uint8Array(64)],
  ['ones in a datagram', 'udp', 9_998, new Uint8Array(64).fill(0xff)],
  ['one packet as RTP has it', 'udp', 40_000, Uint8Array.from([0x80, 0, 0, 1, ...new Uint8Array(40).fill(7)])],
  ['a priority that is none', 'udp', 514, '<999>hello there'],
  ['a WireGuard type of the wrong length', 'udp', 51_820, Uint8Array.from([1, 0, 0, 0, ...new Uint8Array(90)])],
  ['a hello of no TLS', 'tcp', 443, Uint8Array.from([22, 9, 9, 0, 4, 1, 1, 1, 1])],
  ['a length that lies', 'tcp', 5_432, Uint8Array.from([0, 0, 0, 8, 9, 9, 9, 9, 9, 9])],
  ['Modbus with another protocol', 'tcp', 502, Uint8Array.from([0, 1, 0, 7, 0, 6, 17, 3, 0, 1, 0, 1])],
  ['DNP3 with a wrong checksum', 'tcp', 20_000, Uint8Array.from([5, 0x64, 5, 0xc9, 0, 0, 0, 0, 1, 2])],
])('no protocol: %s', (_name, transport, port, octets) => {
  const messages = [typeof octets === 'string' ? text(octets) : octets]
  expect(meter({ protocol: '', transport, port, messages }).protocolName).toBe('')
})

test('octets of no kind, ten thousand times: no exception, hardly a name', () => {
  let seed = 12_345
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 16
  let named = 0
  for (let i = 0; i < 10_000; i++) {
    const octets = Uint8Array.from({ length: 1 + (next() % 120) }, () => next() & 0xff)
    const transport = i % 2 === 0 ? 'tcp' : 'udp'
    if (meter({ protocol: '', transport, port: 10_000 + (next() % 5_000), messages: [octets] }).protocolName !== '')
      named++
  }
  expect(named).toBeLessThan(5)
})
