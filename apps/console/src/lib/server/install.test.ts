import { createHash } from 'node:crypto'
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fillInstallScript, listArchives } from './install.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picket-bundles-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('archives are found with their platform and the checksum of what is served', async () => {
  await writeFile(join(folder, 'picket-sensor-0.1.0-linux-x64.tar.gz'), 'one')
  await writeFile(join(folder, 'picket-sensor-0.1.0-linux-x64.tar.gz.sha256'), 'not an archive')
  await writeFile(join(folder, 'notes.txt'), 'neither')
  const archives = await listArchives(folder)
  expect(archives).toMatchObject([
    { name: 'picket-sensor-0.1.0-linux-x64.tar.gz', platform: 'linux-x64', size: 3, sha256: sha256('one') },
  ])
})

test('a replaced archive has a new checksum, the newest of a platform is offered', async () => {
  const old = join(folder, 'picket-sensor-0.1.0-linux-arm64.tar.gz')
  await writeFile(old, 'one')
  await utimes(old, 1, 1)
  expect((await listArchives(folder))[0]?.sha256).toBe(sha256('one'))
  await writeFile(join(folder, 'picket-sensor-0.2.0-linux-arm64.tar.gz'), 'two')
  expect(await listArchives(folder)).toMatchObject([
    { name: 'picket-sensor-0.2.0-linux-arm64.tar.gz', sha256: sha256('two') },
  ])
})

test('no folder, no archives', async () => {
  expect(await listArchives(undefined)).toEqual([])
  expect(await listArchives(join(folder, 'nothing'))).toEqual([])
})

const facts = { publicUrl: 'https://picket.example:8443', stream: 'picket.example:7443', enrol: '[2001:db8::1]:7444' }

test('the script is filled, and a platform without an archive stays empty', () => {
  const archive = { name: 'a-linux-x64.tar.gz', platform: 'linux-x64', path: '/x', size: 1, sha256: 'ab' }
  const script =
    "U='@@PUBLIC_URL@@' S='@@STREAM@@' E='@@ENROL@@' F='@@FILE_linux_x64@@' H='@@SHA256_linux_x64@@' A='@@FILE_linux_arm64@@'"
  expect(fillInstallScript(script, { ...facts, archives: [archive] })).toBe(
    "U='https://picket.example:8443' S='picket.example:7443' E='[2001:db8::1]:7444' F='a-linux-x64.tar.gz' H='ab' A=''",
  )
})

test('a value that would leave the quotes is refused', () => {
  expect(() => fillInstallScript('', { ...facts, stream: "x'; reboot; '", archives: [] })).toThrow('STREAM')
})
