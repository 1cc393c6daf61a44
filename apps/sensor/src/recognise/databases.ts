import { hasText, readUint16, readUint32 } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

const PROTOCOL_3 = 0x0003_0000
const SSL_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104
const CANCEL_REQUEST = 80_877_102

/** PostgreSQL (protocol 3): a start-up message of length 4, version or request code 4. */
export const postgresql: Recogniser = {
  name: 'postgresql',
  transport: 'tcp',
  recognise({ bytes, start, end, forward }: Head): Verdict {
    if (!forward || end - start < 8 || readUint32(bytes, start) !== end - start) return Verdict.NO
    const code = readUint32(bytes, start + 4)
    const isRequest = code === SSL_REQUEST || code === GSS_REQUEST || code === CANCEL_REQUEST
    return code === PROTOCOL_3 || (isRequest && end - start <= 16) ? Verdict.YES : Verdict.NO
  },
}

/** MySQL and MariaDB: packet length 3, sequence 0, protocol version 10, then the server's version as text ended by 0. */
export const mysql: Recogniser = {
  name: 'mysql',
  transport: 'tcp',
  recognise({ bytes, start, end, forward }: Head): Verdict {
    if (forward || end - start < 20 || bytes[start + 3] !== 0 || bytes[start + 4] !== 10) return Verdict.NO
    const length = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16)
    const isVersion = bytes[start + 5] >= 0x30 && bytes[start + 5] <= 0x39
    return isVersion && length + 4 === end - start ? Verdict.YES : Verdict.NO
  },
}

/** Redis (RESP): an array of bulk strings, "*N\r\n$M\r\n...". */
export const redis: Recogniser = {
  name: 'redis',
  transport: 'tcp',
  recognise({ bytes, start, end, forward }: Head): Verdict {
    if (!forward || end - start < 6 || bytes[start] !== 0x2a) return Verdict.NO
    let at = start + 1
    while (at < end && bytes[at] >= 0x30 && bytes[at] <= 0x39) at++
    return at > start + 1 && hasText(bytes, at, end, '\r\n$') ? Verdict.YES : Verdict.NO
  },
}

/** MongoDB wire protocol: message length, request id, response to, operation code 4 each, little-endian. */
export const mongodb: Recogniser = {
  name: 'mongodb',
  transport: 'tcp',
  recognise({ bytes, start, end }: Head): Verdict {
    if (end - start < 16) return Verdict.NO
    const length = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16) | (bytes[start + 3] << 24)
    const code = bytes[start + 12] | (bytes[start + 13] << 8)
    const isHigh = bytes[start + 14] !== 0 || bytes[start + 15] !== 0
    const isCode = code === 2013 || code === 2012 || code === 2004 || code === 1
    return !isHigh && isCode && length >= 16 && length <= 48_000_000 && length === end - start
      ? Verdict.YES
      : Verdict.NO
  },
}

/** MQTT (3.1, 3.1.1, 5): CONNECT 0x10, remaining length, protocol name with its length 2. */
export const mqtt: Recogniser = {
  name: 'mqtt',
  transport: 'tcp',
  recognise({ bytes, start, end }: Head): Verdict {
    if (end - start < 10 || bytes[start] !== 0x10) return Verdict.NO
    let at = start + 1
    while (at < start + 4 && (bytes[at] & 0x80) !== 0) at++
    const name = readUint16(bytes, at + 1)
    const isNamed =
      (name === 4 && hasText(bytes, at + 3, end, 'MQTT')) || (name === 6 && hasText(bytes, at + 3, end, 'MQIsdp'))
    return isNamed ? Verdict.YES : Verdict.NO
  },
}
