import 'reflect-metadata'
import { X509CertificateGenerator } from '@peculiar/x509'
import { expect, test } from 'vitest'
import { chromeHello } from '../../../test/client-hello.ts'
import { recognise } from '../../../test/heads.ts'
import { concat, uint16 } from '../../../test/packets.ts'
import { Verdict } from '../recogniser.ts'
import { readCertificate } from './certificate.ts'
import { tls } from './tls.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

async function certificateOf(name: string, notAfter = '2056-01-02T03:04:05Z'): Promise<Uint8Array> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name,
    notBefore: new Date('2026-01-02T03:04:05Z'),
    notAfter: new Date(notAfter),
    keys: await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']),
    signingAlgorithm: algorithm,
  })
  return new Uint8Array(certificate.rawData)
}

const uint24 = (value: number): Uint8Array => Uint8Array.of(value >> 16, (value >> 8) & 0xff, value & 0xff)
const handshake = (type: number, content: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(type), uint24(content.length), content)
const record = (content: Uint8Array): Uint8Array => concat(Uint8Array.of(22, 3, 3), uint16(content.length), content)
const HELLO = handshake(
  2,
  concat(uint16(0x0303), new Uint8Array(32), Uint8Array.of(0), uint16(0xc02f), Uint8Array.of(0), uint16(0)),
)

test('names and validity, years before and after 2050', async () => {
  const der = await certificateOf('CN=www.example.org, O=Example, C=DE')
  expect(readCertificate(der, 0, der.length)).toEqual({
    subject: 'CN=www.example.org, O=Example, C=DE',
    issuer: 'CN=www.example.org, O=Example, C=DE',
    notBefore: Date.parse('2026-01-02T03:04:05Z') / 1000,
    notAfter: Date.parse('2056-01-02T03:04:05Z') / 1000,
  })
  for (let length = 0; length < der.length; length++) expect(readCertificate(der, 0, length)).toBeUndefined()
})

test('the first certificate of a server before TLS 1.3, spread over records; its name stands in for one that was not said', async () => {
  const der = await certificateOf('CN=*.example.org')
  const flight = concat(
    HELLO,
    handshake(11, concat(uint24(der.length + 3), uint24(der.length), der)),
    handshake(14, new Uint8Array(0)),
  )
  const octets = concat(record(flight.subarray(0, 100)), record(flight.subarray(100)))
  const { verdict, facts } = recognise(tls, octets, { forward: false })
  expect([verdict, facts.isComplete, facts.hostName]).toEqual([Verdict.YES, true, 'example.org'])
  expect(facts.tls).toMatchObject({ version: '1.2', cipher: '0xc02f', certificateSubject: 'CN=*.example.org' })
  expect(recognise(tls, octets.subarray(0, 200), { forward: false }).verdict).toBe(Verdict.KEEP)
})

test("Tor's links are told by their certificates, with less confidence", async () => {
  const names = ['CN=www.abcdefgh234567.net', 'CN=www.zyxwvuts765432.com']
  const der = await certificateOf(names[0], '2026-12-24T00:00:00Z')
  // The same length of name: the issuer, which comes first, becomes another.
  const forged = Buffer.from(der)
  forged.write(names[1].slice(3), forged.indexOf(names[0].slice(3)), 'latin1')
  const flight = record(concat(HELLO, handshake(11, concat(uint24(der.length + 3), uint24(der.length), forged))))
  const { facts } = recognise(tls, flight, { forward: false })
  expect(facts.tls).toMatchObject({ certificateSubject: names[0], certificateIssuer: names[1] })
  // The client named no random host, so this alone is not enough.
  expect(facts.protocol).toBe('tls')
  const named = recognise(tls, chromeHello('www.qwertyui234567.com'))
  recognise(tls, flight, { forward: false, facts: named.facts })
  expect([named.facts.protocol, named.facts.confidence]).toEqual(['tor', 0.8])
})
