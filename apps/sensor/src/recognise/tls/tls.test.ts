import { expect, test } from 'vitest'
import { chromeHello, clientHello, extension } from '../../../test/client-hello.ts'
import { recognise } from '../../../test/heads.ts'
import { concat, text, uint16 } from '../../../test/packets.ts'
import { Verdict } from '../recogniser.ts'
import { tls } from './tls.ts'

function serverHello(version: number | undefined): Uint8Array {
  const extensions = version === undefined ? new Uint8Array(0) : uint16(43, 2, version)
  const content = concat(
    uint16(0x0303),
    new Uint8Array(32),
    Uint8Array.of(0),
    uint16(0x1301),
    Uint8Array.of(0),
    uint16(extensions.length),
    extensions,
  )
  const message = concat(Uint8Array.of(2, 0), uint16(content.length), content)
  return concat(Uint8Array.of(22, 3, 3), uint16(message.length), message)
}

test('a hello of Chrome gives name, ALPN, best version, and the JA4 its specification states', () => {
  const { verdict, facts } = recognise(tls, chromeHello('Example.COM'))
  expect(verdict).toBe(Verdict.YES)
  expect(facts.hostName).toBe('example.com')
  expect(facts.tls).toMatchObject({
    serverName: 'example.com',
    alpn: 'h2',
    version: '1.3',
    ja4: 't13d1516h2_8daaf6152771_e5627efa2ab1',
  })
})

test('JA3 is the MD5 of the decimal lists in their order, GREASE left out', () => {
  const hello = clientHello({
    suites: [0x0a0a, 4865, 49195],
    extensions: [extension.groups([0x1a1a, 29]), extension.pointFormats(), extension.empty(35)],
  })
  // printf %s 771,4865-49195,10-11-35,29,0 | md5sum
  expect(recognise(tls, hello).facts.tls?.ja3).toBe('2d91f56993770f7a1b10a9f250641125')
})

test('a hello cut anywhere asks for more, and nothing less than all of it is believed', () => {
  const hello = chromeHello('example.com')
  for (let length = 1; length < hello.length; length++) {
    const { verdict, facts } = recognise(tls, hello.subarray(0, length))
    expect(verdict, `${length} octets`).toBe(length < 9 ? Verdict.MORE : Verdict.KEEP)
    expect(facts.tls, `${length} octets`).toBeUndefined()
  }
})

test('a hello spread over two records is put together', () => {
  const hello = chromeHello('example.com')
  const [first, second] = [hello.subarray(5, 105), hello.subarray(105)]
  const records = concat(
    Uint8Array.of(22, 3, 1),
    uint16(first.length),
    first,
    Uint8Array.of(22, 3, 1),
    uint16(second.length),
    second,
  )
  expect(recognise(tls, records).facts.tls?.ja4).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
})

test('the server decides the version', () => {
  const { facts } = recognise(tls, chromeHello('example.com'))
  // Before 1.3 a certificate may follow, until a record of another type.
  const old = serverHello(undefined)
  expect(recognise(tls, old, { facts, forward: false }).verdict).toBe(Verdict.KEEP)
  expect(facts.tls).toMatchObject({ version: '1.2', cipher: '0x1301', certificateSubject: '' })
  const over = concat(old, Uint8Array.of(20, 3, 3, 0, 1, 1))
  expect(recognise(tls, over, { facts, forward: false }).verdict).toBe(Verdict.YES)
  expect(facts.isComplete).toBe(true)
  expect(recognise(tls, serverHello(0x0304), { forward: false }).facts.tls?.version).toBe('1.3')
})

test('the middle of a conversation is TLS without facts; other octets are not', () => {
  const { verdict, facts } = recognise(tls, concat(Uint8Array.of(23, 3, 3), uint16(100), new Uint8Array(100)))
  expect([verdict, facts.isComplete, facts.tls?.serverName]).toEqual([Verdict.YES, true, ''])
  expect(recognise(tls, text('GET / HTTP/1.1\r\n\r\n')).verdict).toBe(Verdict.NO)
  expect(recognise(tls, Uint8Array.of(22, 9, 9, 0, 4, 1, 1, 1, 1)).verdict).toBe(Verdict.NO)
})
