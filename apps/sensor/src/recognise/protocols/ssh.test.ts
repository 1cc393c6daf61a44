import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { concat, text, uint32 } from '../../../test/packets.ts'
import { Verdict } from '../recogniser.ts'
import { ssh } from './ssh.ts'

const LISTS = ['kex-a,kex-b', 'host-a', 'aes-c', 'aes-s', 'mac-c', 'mac-s', 'none', 'zlib', '', '']

/** KEXINIT (RFC 4253 section 7.1) in a packet with 4 octets of padding. */
function kexInit(): Uint8Array {
  const lists = concat(...LISTS.map((list) => concat(uint32(list.length), text(list))))
  const payload = concat(Uint8Array.of(20), new Uint8Array(16).fill(9), lists, new Uint8Array(5))
  return concat(uint32(payload.length + 5), Uint8Array.of(4), payload, new Uint8Array(4))
}

test('identification and the fingerprints of both ends', () => {
  const { verdict, facts } = recognise(ssh, concat(text('SSH-2.0-OpenSSH_9.2p1 Debian\r\n'), kexInit()))
  expect([verdict, facts.isComplete]).toEqual([Verdict.YES, false])
  recognise(ssh, text('SSH-2.0-dropbear_2022.83\r\n'), { facts, forward: false })
  recognise(ssh, kexInit(), { facts, forward: false })
  expect(facts.isComplete).toBe(true)
  expect(facts.fields).toEqual({
    'ssh.client.protocol': '2.0',
    'ssh.client.software': 'OpenSSH_9.2p1 Debian',
    // printf %s 'kex-a,kex-b;aes-c;mac-c;none' | md5sum, and ...;aes-s;mac-s;zlib
    'ssh.client.hassh': 'd5e8eb5753fa0e4ec7de60a15da7ef1b',
    'ssh.server.protocol': '2.0',
    'ssh.server.software': 'dropbear_2022.83',
    'ssh.server.hassh': '498032e9b14f1099a14aadb37da90791',
  })
})

test('a packet that is not whole is waited for, a line that never ends is not', () => {
  const whole = concat(text('SSH-2.0-x\r\n'), kexInit())
  expect(recognise(ssh, whole.subarray(0, whole.length - 1)).verdict).toBe(Verdict.KEEP)
  expect(recognise(ssh, text(`SSH-${'x'.repeat(300)}`)).verdict).toBe(Verdict.NO)
  expect(recognise(ssh, text('SSL is not SSH\r\n')).verdict).toBe(Verdict.NO)
})
