import { expect, test } from 'vitest'
import { recognise } from '../../test/heads.ts'
import { text } from '../../test/packets.ts'
import { Packet } from '../decode/packet.ts'
import { Expectations } from './expectations.ts'
import { ftp } from './protocols/ftp.ts'
import { ftpData } from './protocols/ftp-data.ts'
import { announcedRtp } from './protocols/rtp.ts'
import { sip } from './protocols/sip.ts'

/** A packet between two addresses of four octets alike, 192.0.2.N style: all octets N. */
function packet(destination: number, port: number, timeUs = 0): Packet {
  const made = new Packet()
  made.bytes = Uint8Array.from([9, 9, 9, 9, destination, destination, destination, destination])
  made.family = 4
  made.sourceAddress = 0
  made.destinationAddress = 4
  made.destinationPort = port
  made.timeUs = timeUs
  return made
}

const SERVER = 0x99

test('the passive data channel of FTP is expected once, where the server said', () => {
  const expectations = new Expectations()
  const { facts } = recognise(ftp(expectations), text('220 FTP ready\r\n'), { forward: false, destinationPort: 21 })
  recognise(ftp(expectations), text('227 Entering Passive Mode (192,0,2,9,195,80).\r\n'), { facts, forward: false })
  expect(expectations.take(packet(SERVER, 50_001))).toBeUndefined()
  expect(expectations.take(packet(SERVER, 50_000))).toBe(ftpData)
  expect(expectations.take(packet(SERVER, 50_000))).toBeUndefined()
  recognise(ftp(expectations), text('229 Entering Extended Passive Mode (|||50000|)\r\n'), { facts, forward: false })
  expect(expectations.take(packet(SERVER, 50_000))).toBe(ftpData)
})

test('media that a session description announces', () => {
  const expectations = new Expectations()
  const description = 'v=0\r\nc=IN IP4 7.7.7.7\r\nm=audio 49170 RTP/AVP 0\r\n'
  recognise(sip(expectations), text(`SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\n${description}`))
  expect(expectations.take(packet(7, 49_170))).toBe(announcedRtp)
})

test('what comes too late is not what was announced; the oldest makes room', () => {
  const expectations = new Expectations(2)
  for (const port of [1, 2, 3]) expectations.add(Uint8Array.of(7, 7, 7, 7), port, ftpData, 0)
  expect(expectations.displaced).toBe(1)
  expect(expectations.take(packet(7, 1))).toBeUndefined()
  expect(expectations.take(packet(7, 2, 60_000_001))).toBeUndefined()
  expect(expectations.take(packet(7, 3, 60_000_000))).toBe(ftpData)
})
