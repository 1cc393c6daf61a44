import { chromeHello } from '../test/client-hello.ts'
import { ethernet, ipv4, tcp, udp } from '../test/packets.ts'
import { SAMPLES } from '../test/protocol-samples.ts'
import { CRYPTO_FRAME, RFC_9001, RFC_9369, sealInitial } from '../test/quic-initial.ts'

const [CLIENT, SERVER] = ['192.0.2.1', '192.0.2.2']
const CLIENT_PORT = 50_000

/** One frame for each message of the protocols' samples, and for the hellos of TLS and QUIC: what no recorded capture may hold. */
export function sampleFrames(): Uint8Array[] {
  const frames = SAMPLES.flatMap(({ transport, port, messages }) =>
    messages.map((message) => {
      const isBack = !(message instanceof Uint8Array)
      return frameOf(transport, port, isBack ? message[1] : message, isBack)
    }),
  )
  const initials = [RFC_9001, RFC_9369].map((vector) => sealInitial(vector, CRYPTO_FRAME))
  return [...frames, frameOf('tcp', 443, chromeHello('example.com')), ...initials.map((it) => frameOf('udp', 443, it))]
}

function frameOf(transport: 'tcp' | 'udp', port: number, payload: Uint8Array, isBack = false): Uint8Array {
  const [from, to] = isBack ? [port, CLIENT_PORT] : [CLIENT_PORT, port]
  const body = transport === 'tcp' ? tcp({ from, to, flags: 'PA', sequence: 1, payload }) : udp(from, to, payload)
  return ethernet(ipv4(isBack ? { from: SERVER, to: CLIENT } : { from: CLIENT, to: SERVER }, body))
}
