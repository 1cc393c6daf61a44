import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requireCapturePermission } from './capture-permission.ts'
import { claimPort } from './ports.ts'
import { requireReplayFile } from './replay-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-preflight-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const use = { what: 'console', flag: '--port N' }

test('a port in use is named with its purpose and the flag to change it', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await expect(claimPort('127.0.0.1', port, use)).rejects.toMatchObject({
    message: `port ${port} on 127.0.0.1 (console) is in use by another program`,
    remedy: 'choose another with --port N',
  })
  await new Promise((resolve) => server.close(resolve))
  expect(await claimPort('127.0.0.1', port, use)).toBe(port)
})

test('port 0 becomes a free port', async () => {
  expect(await claimPort('127.0.0.1', 0, use)).toBeGreaterThan(0)
})

test('an address that is not of this host is refused', async () => {
  await expect(claimPort('192.0.2.1', 0, use)).rejects.toThrow('192.0.2.1 (console) is not an address of this host')
})

test('captures: missing, empty, folder and foreign files are told apart', () => {
  const write = (name: string, bytes: Uint8Array) => {
    const file = join(folder, name)
    writeFileSync(file, bytes)
    return file
  }
  const little = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex')
  const section = Buffer.from('0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff', 'hex')
  requireReplayFile(write('little.pcap', little))
  requireReplayFile(write('big.pcap', Buffer.from('a1b2c3d40002000400000000000000000000ffff00000001', 'hex')))
  requireReplayFile(write('ng.pcapng', section))
  expect(() => requireReplayFile(write('cut.pcap', little.subarray(0, 9)))).toThrow('ends within its header, after 9')
  expect(() => requireReplayFile(write('version.pcap', Buffer.from(little).fill(0xce, 4, 6)))).toThrow(
    'its pcap header is corrupt (version 52942)',
  )
  expect(() => requireReplayFile(write('order.pcapng', Buffer.from(section).fill(0, 8, 12)))).toThrow(
    'its pcapng section header is corrupt',
  )
  expect(() => requireReplayFile(join(folder, 'none.pcap'))).toThrow('no such file')
  expect(() => requireReplayFile(folder)).toThrow('not a file')
  expect(() => requireReplayFile(write('empty.pcap', Buffer.alloc(0)))).toThrow('the file is empty')
  expect(() => requireReplayFile(write('text.pcap', Buffer.from('hello')))).toThrow('neither a pcap nor a pcapng file')
})

test.skipIf(process.getuid?.() === 0)(
  'a capture that may not be read is said to be so (root may read everything)',
  () => {
    const file = join(folder, 'locked.pcap')
    writeFileSync(file, Buffer.from('d4c3b2a1', 'hex'))
    chmodSync(file, 0)
    expect(() => requireReplayFile(file)).toThrow('may not be read by this user')
  },
)

test('capture permission is read from the effective capabilities', () => {
  requireCapturePermission('Name:\tnode\nCapEff:\t0000000000002000\n')
  expect(() => requireCapturePermission('CapEff:\t0000000000001000\n')).toThrow('no permission to capture')
})
