import { concat, text, uint16 } from './packets.ts'

export interface ClientHelloFields {
  suites: number[]
  extensions: { type: number; body: Uint8Array }[]
}

/** A TLS record with a ClientHello, version 1.2 as all say. */
export function clientHello({ suites, extensions }: ClientHelloFields): Uint8Array {
  const list = concat(...extensions.map(({ type, body }) => concat(uint16(type, body.length), body)))
  const content = concat(
    uint16(0x0303),
    new Uint8Array(32).fill(7),
    Uint8Array.of(0),
    uint16(suites.length * 2, ...suites),
    Uint8Array.of(1, 0),
    uint16(list.length),
    list,
  )
  const message = concat(Uint8Array.of(1, 0), uint16(content.length), content)
  return concat(Uint8Array.of(22, 3, 1), uint16(message.length), message)
}

export const extension = {
  serverName: (name: string) => ({
    type: 0,
    body: concat(uint16(name.length + 3), Uint8Array.of(0), uint16(name.length), text(name)),
  }),
  groups: (groups: number[]) => ({ type: 10, body: uint16(groups.length * 2, ...groups) }),
  pointFormats: () => ({ type: 11, body: Uint8Array.of(1, 0) }),
  signatureAlgorithms: (values: number[]) => ({ type: 13, body: uint16(values.length * 2, ...values) }),
  alpn: (name: string) => ({ type: 16, body: concat(uint16(name.length + 1), Uint8Array.of(name.length), text(name)) }),
  versions: (versions: number[]) => ({
    type: 43,
    body: concat(Uint8Array.of(versions.length * 2), uint16(...versions)),
  }),
  empty: (type: number) => ({ type, body: new Uint8Array(0) }),
}

/** The hello of Chrome that the JA4 specification works through: t13d1516h2_8daaf6152771_e5627efa2ab1. */
export function chromeHello(serverName: string): Uint8Array {
  const suites = [
    0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
    0x002f, 0x0035,
  ]
  const algorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
  return clientHello({
    suites,
    extensions: [
      extension.empty(0x3a3a),
      extension.serverName(serverName),
      extension.empty(0x0017),
      extension.empty(0xff01),
      extension.groups([0x4a4a, 29, 23, 24]),
      extension.pointFormats(),
      extension.empty(0x0023),
      extension.alpn('h2'),
      extension.empty(0x0005),
      extension.signatureAlgorithms(algorithms),
      extension.empty(0x0012),
      extension.empty(0x0033),
      extension.empty(0x002d),
      extension.versions([0x5a5a, 0x0304, 0x0303]),
      extension.empty(0x001b),
      extension.empty(0x4469),
      extension.empty(0x6a6a),
      extension.empty(0x0015),
    ],
  })
}
