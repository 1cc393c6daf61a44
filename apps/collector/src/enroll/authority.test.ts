import { X509Certificate } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSigningRequest } from '../../test/support/sensor-identity.ts'
import { scratchFolder } from '../../test/support/scratch-folder.ts'
import { CollectorError } from '../errors.ts'
import { Authority } from './authority.ts'
import { parseSigningRequest } from './certificates.ts'
import { SigningKey } from './signing-key.ts'

const DAY_MS = 86_400_000

test('the authority is made once, kept private, and the same for everyone who opens it', async () => {
  const folder = await scratchFolder()
  const opened = await Promise.all(Array.from({ length: 4 }, () => Authority.open(folder)))
  const fingerprints = new Set(opened.map((authority) => authority.fingerprint))
  expect(fingerprints.size).toBe(1)
  expect([...fingerprints][0]).toMatch(/^[\w-]{43}$/)
  await opened[0].serverIdentity([])
  await SigningKey.open(folder)
  expect((await stat(join(folder, 'ca'))).mode & 0o777).toBe(0o700)
  for (const file of ['authority.pem', 'server.pem', 'model-signing.pem']) {
    expect((await stat(join(folder, 'ca', file))).mode & 0o777).toBe(0o600)
  }
  expect((await Authority.open(folder)).fingerprint).toBe(opened[0].fingerprint)
})

test('the fingerprint is that of the certificate the server sends along', async () => {
  const authority = await Authority.open(await scratchFolder())
  const { chain } = await authority.serverIdentity(['collector.example', '192.0.2.7'])
  const pems = chain.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g)!
  const [leaf, root] = pems.map((pem) => new X509Certificate(pem))
  expect(Buffer.from(root.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')).toBe(authority.fingerprint)
  expect(leaf.verify(root.publicKey)).toBe(true)
  expect(leaf.ca).toBe(false)
  for (const name of ['localhost', 'collector.example']) expect(leaf.checkHost(name)).toBe(name)
  for (const address of ['127.0.0.1', '192.0.2.7']) expect(leaf.checkIP(address)).toBe(address)
})

test('the server certificate is kept until names change or it nears its end', async () => {
  const folder = await scratchFolder()
  const authority = await Authority.open(folder)
  const first = await authority.serverIdentity(['a.example'])
  expect((await (await Authority.open(folder)).serverIdentity(['a.example'])).chain).toBe(first.chain)
  expect((await authority.serverIdentity(['b.example'])).chain).not.toBe(first.chain)
  const late = new Date(Date.now() + 320 * DAY_MS)
  const renewed = await authority.serverIdentity(['b.example'], late)
  expect(renewed.notAfter.getTime()).toBeGreaterThan(late.getTime() + 360 * DAY_MS)
})

test('a sensor certificate names the sensor and counts for a host whose clock is an hour behind', async () => {
  const authority = await Authority.open(await scratchFolder())
  const request = await parseSigningRequest((await createSigningRequest()).der)
  if (!request.ok) throw new Error(request.reason)
  const certificate = await authority.issueSensor('5f0c0f52-0000-4000-8000-000000000001', request.publicKey)
  expect(certificate.subject).toBe('CN=5f0c0f52-0000-4000-8000-000000000001')
  expect(certificate.notBefore.getTime()).toBeLessThan(Date.now() - 3_600_000)
  expect(Math.round((certificate.notAfter.getTime() - Date.now()) / DAY_MS)).toBe(90)
})

test('a signing request that is altered or no request at all is refused', async () => {
  const { der } = await createSigningRequest()
  const altered = Uint8Array.from(der)
  altered[altered.length - 5] ^= 0xff
  expect(await parseSigningRequest(altered)).toMatchObject({ ok: false })
  expect(await parseSigningRequest(Uint8Array.of(1, 2, 3))).toMatchObject({ ok: false })
  expect(await parseSigningRequest(new Uint8Array())).toMatchObject({ ok: false })
})

test('an authority that cannot be read is refused with the file and what to do, and left as it is', async () => {
  const folder = await scratchFolder()
  await Authority.open(folder)
  const file = join(folder, 'ca', 'authority.pem')
  await writeFile(file, 'not a key')
  const failure = await Authority.open(folder).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(CollectorError)
  expect(failure).toMatchObject({ code: 'authority-unreadable', exitCode: 2 })
  expect(String(failure)).toContain(file)
  expect(await readFile(file, 'utf8')).toBe('not a key')
})
