import { chromeHello } from '../test/client-hello.ts'
import { ethernet, ipv4, tcp, udp } from '../test/packets.ts'
import { SAMPLES } from '../test/protocol-samples.ts'
import { CRYPTO_FRAME, RFC_9001, RFC_9369, sealInitial } from '../test/quic-initial.ts'

const [CLIENT, SERVER] = ['192.0.2.1', '192.0.2.2']
const CLIENT_PORT = 50_000

/** One message of a protocol, and the port it goes to or comes from. */
export interface SampleHead {
  transport: 'tcp' | 'udp'
  port: number
  isBack: boolean
  payload: Uint8Array
}

/** Each message of the protocols' samples, and the hellos of TLS and QUIC. */
export function sampleHeads(): SampleHead[] {
  const heads = SAMPLES.flatMap(({ transport, port, messages }) =>
    messages.map((message): SampleHead => {
      const isBack = !(message instanceof Uint8Array)
      return { transport, port, isBack, payload: isBack ? message[1] : message }
    }),
  )
  const hello: SampleHead = { transport: 'tcp', port: 443, isBack: false, payload: chromeHello('example.com') }
  const initials = [RFC_9001, RFC_9369].map((vector): SampleHead => {
    return { transport: 'udp', port: 443, isBack: false, payload: sealInitial(vector, CRYPTO_FRAME) }
  })
  return [...heads, hello, ...initials]
}

/** The same as frames: what no recorded capture may hold. */
export function sampleFrames(): Uint8Array[] {
  return sampleHeads().map(({ transport, port, isBack, payload }) => {
    const [from, to] = isBack ? [port, CLIENT_PORT] : [CLIENT_PORT, port]
    const body = transport === 'tcp' ? tcp({ from, to, flags: 'PA', sequence: 1, payload }) : udp(from, to, payload)
    return ethernet(ipv4(isBack ? { from: SERVER, to: CLIENT } : { from: CLIENT, to: SERVER }, body))
  })
}
