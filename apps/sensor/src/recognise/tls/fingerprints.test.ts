import { expect, test } from 'vitest'
import type { ClientHello } from './client-hello.ts'
import { fingerprintsOf } from './fingerprints.ts'
import { ja3 } from './ja3.ts'
import { type HelloTransport, ja4 } from './ja4.ts'

const hello: ClientHello = {
  legacyVersion: 0x0303,
  cipherSuites: [0x1a1a, 0x1301, 0xc02f],
  extensions: [0x2a2a, 0, 16, 10, 43],
  groups: [0x3a3a, 29, 23],
  pointFormats: [0],
  signatureAlgorithms: [0x0403, 0x0804],
  supportedVersions: [0x4a4a, 0x0304],
  serverName: 'a.example',
  alpn: Uint8Array.from(Buffer.from('h2')),
}
const others: Partial<ClientHello>[] = [
  { legacyVersion: 0x0302 },
  { cipherSuites: [0x1301] },
  { cipherSuites: [0x1301, 0xc02f, 0], extensions: [16, 10, 43] },
  { extensions: [16, 10, 43] },
  { groups: [29] },
  { pointFormats: [] },
  { signatureAlgorithms: [] },
  { supportedVersions: [] },
  { alpn: undefined },
  { alpn: new Uint8Array(0) },
  { alpn: Uint8Array.of(0xff, 0xff) },
  { alpn: Uint8Array.of(0) },
  { cipherSuites: Array.from({ length: 2_000 }, (_, i) => i) },
]

test.each([{}, ...others])('remembered or not, the fingerprints of %j are its own', (change) => {
  const changed = { ...hello, ...change }
  for (const transport of ['t', 'q', 'd', 't'] as HelloTransport[]) {
    const { ja3: three, ja4: four } = fingerprintsOf(changed, transport)
    expect([three, four]).toEqual([ja3(changed), ja4(changed, transport)])
  }
})

test('GREASE makes no other kind of client', () => {
  const again = { ...hello, cipherSuites: [0x5a5a, 0x1301, 0xc02f], serverName: 'b.example' }
  expect(fingerprintsOf(again, 't')).toBe(fingerprintsOf(hello, 't'))
})
