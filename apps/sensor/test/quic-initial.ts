import { createCipheriv } from 'node:crypto'
import { concat } from './packets.ts'

/** Keys of an Initial packet and its header before protection, in hexadecimal. */
export interface InitialVector {
  key: string
  iv: string
  hp: string
  /** To the end of the packet number, which takes four octets. */
  header: string
}

/** RFC 9001 appendix A.1 and A.2, RFC 9369 appendix A.1 and A.2: the client's first Initial packet, connection id 8394c8f03e515708. */
export const RFC_9001: InitialVector = {
  key: '1f369613dd76d5467730efcbe3b1a22d',
  iv: 'fa044b2f42a3fd3b46fb255c',
  hp: '9f50449e04a0e810283a1e9933adedd2',
  header: 'c300000001088394c8f03e5157080000449e00000002',
}
export const RFC_9369: InitialVector = {
  key: '8b1a0bc121284290a29e0971b5cd045d',
  iv: '91f73e2351d8fa91660e909f',
  hp: '45b95e15235d6f45a6b19cbcb0294ba9',
  header: 'd36b3343cf088394c8f03e5157080000449e00000002',
}

/** The CRYPTO frame of both: a ClientHello for example.com. */
export const CRYPTO_FRAME = Buffer.from(
  '060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868' +
    '04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578' +
    '616d706c652e636f6dff01000100000a00080006001d00170018001000070005' +
    '04616c706e000500050100000000003300260024001d00209370b2c9caa47fba' +
    'baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400' +
    '0d0010000e0403050306030203080408050806002d00020101001c0002400100' +
    '3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000' +
    '75300901100f088394c8f03e51570806048000ffff',
  'hex',
)

const PAYLOAD = 1_162

/** The frames, padded to 1,162 octets, as a protected packet (RFC 9001 section 5). */
export function sealInitial({ key, iv, hp, header }: InitialVector, frames: Uint8Array): Uint8Array {
  const clear = Buffer.from(header, 'hex')
  const number = clear.readUInt32BE(clear.length - 4)
  const nonce = Buffer.from(iv, 'hex')
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8)
  const cipher = createCipheriv('aes-128-gcm', Buffer.from(key, 'hex'), nonce)
  cipher.setAAD(clear)
  const payload = concat(frames, new Uint8Array(PAYLOAD - frames.length))
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  const mask = createCipheriv('aes-128-ecb', Buffer.from(hp, 'hex'), null).update(sealed.subarray(0, 16))
  clear[0] ^= mask[0] & 0x0f
  for (let i = 0; i < 4; i++) clear[clear.length - 4 + i] ^= mask[1 + i]
  return concat(clear, sealed)
}
