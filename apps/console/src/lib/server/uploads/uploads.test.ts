import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Uploads } from './uploads.ts'

const PCAP = Buffer.concat([Buffer.from('d4c3b2a1', 'hex'), Buffer.alloc(100, 7)])
const ME = 'me@example.com'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'picket-uploads-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

test('a file comes in pieces, is complete when all of it is there, and can be cancelled', async () => {
  const imports = await folder()
  const uploads = new Uploads(imports)
  const id = await uploads.begin(ME, { files: [{ name: 'a.pcap', octets: PCAP.length }] })
  await uploads.append(ME, id, 'a.pcap', 0, PCAP.subarray(0, 60))
  await expect(uploads.complete(ME, id)).rejects.toMatchObject({ status: 409 })
  await expect(uploads.append(ME, id, 'a.pcap', 30, PCAP.subarray(30))).rejects.toMatchObject({ status: 409 })
  await uploads.append(ME, id, 'a.pcap', 60, PCAP.subarray(60))
  expect(await uploads.complete(ME, id)).toEqual(['a.pcap'])
  expect(await readFile(join(imports, id, 'a.pcap'))).toEqual(PCAP)
  await expect(uploads.append(ME, id, 'a.pcap', PCAP.length, Buffer.of(1))).rejects.toMatchObject({ status: 409 })
  await uploads.cancel(ME, id)
  expect(await readdir(imports)).toEqual([])
})

test.each([
  '../a.pcap',
  'a/b.pcap',
  '/etc/a.csv',
  '.plan.json',
  'a\0.csv',
  '..',
  'C:\\a.csv',
  'a.exe',
  `${'a'.repeat(300)}.csv`,
])('the name %j is refused', async (name) => {
  const imports = await folder()
  await expect(new Uploads(imports).begin(ME, { files: [{ name, octets: 5 }] })).rejects.toMatchObject({ status: 400 })
  expect(await readdir(imports)).toEqual([])
})

test('too large, empty, twice the same, or nothing at all is refused before a single octet', async () => {
  const uploads = new Uploads(await folder())
  const wrong = [
    { files: [] },
    { files: [{ name: 'a.csv', octets: 0 }] },
    { files: [{ name: 'a.csv', octets: 5 * 2 ** 30 }] },
    { files: ['a.csv', 'b.csv', 'c.csv'].map((name) => ({ name, octets: 3 * 2 ** 30 })) },
    { files: [1, 2].map((octets) => ({ name: 'a.csv', octets })) },
    null,
  ]
  for (const plan of wrong) await expect(uploads.begin(ME, plan)).rejects.toMatchObject({ status: 400 })
})

test.each([
  ['a.pcap', Buffer.from('MZ a program')],
  ['a.csv.gz', Buffer.from('a,b\n1,2\n')],
  ['a.csv', Buffer.of(65, 0, 66)],
])('%s that is something else ends the upload', async (name, octets) => {
  const imports = await folder()
  const uploads = new Uploads(imports)
  const id = await uploads.begin(ME, { files: [{ name, octets: octets.length }] })
  await expect(uploads.append(ME, id, name, 0, octets)).rejects.toMatchObject({ status: 415 })
  expect(await readdir(imports)).toEqual([])
})

test('of another person, of another upload, outside of it: not found', async () => {
  const uploads = new Uploads(await folder())
  const id = await uploads.begin(ME, { files: [{ name: 'a.csv', octets: 3 }] })
  const text = Buffer.from('a,b')
  for (const attempt of [
    () => uploads.append('you@example.com', id, 'a.csv', 0, text),
    () => uploads.append(ME, '11111111-1111-4111-8111-111111111111', 'a.csv', 0, text),
    () => uploads.append(ME, '../..', 'a.csv', 0, text),
    () => uploads.append(ME, id, 'b.csv', 0, text),
    () => uploads.append(ME, id, '.plan.json', 0, text),
    () => uploads.cancel('you@example.com', id),
  ])
    await expect(attempt()).rejects.toMatchObject({ status: 404 })
  await uploads.append(ME, id, 'a.csv', 0, text)
})

test('without room nothing is begun', async () => {
  const uploads = new Uploads(await folder(), { reserveOctets: Number.MAX_SAFE_INTEGER })
  await expect(uploads.begin(ME, { files: [{ name: 'a.csv', octets: 3 }] })).rejects.toMatchObject({ status: 507 })
})

const isRoot = process.getuid?.() === 0
test.skipIf(!isRoot)('a disk that becomes full ends the upload and gives its room back', async () => {
  const disk = await folder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk])
  onTestFinished(() => void execFileSync('umount', [disk]))
  const uploads = new Uploads(disk, { reserveOctets: -(2 ** 20) })
  const id = await uploads.begin(ME, { files: [{ name: 'a.csv', octets: 600_000 }] })
  await uploads.append(ME, id, 'a.csv', 0, Buffer.alloc(150_000, 65))
  await expect(uploads.append(ME, id, 'a.csv', 150_000, Buffer.alloc(300_000, 65))).rejects.toMatchObject({
    status: 507,
  })
  expect(await readdir(disk)).toEqual([])
})
