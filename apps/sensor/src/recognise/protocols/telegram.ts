import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const ABRIDGED = 0xef
const INTERMEDIATE = 0xeeee_eeee
const PADDED = 0xdddd_dddd
const ONES = 0xffff_ffff

/**
 * Telegram's MTProto over TCP ("Transports"): abridged (EF, then a length in words), intermediate (EE four times, length 4) or
 * padded (DD four times), where not obfuscated; the first message has a key id of zeros.
 */
export const telegram = message(
  { name: 'telegram', transport: 'tcp', firstOctets: [ABRIDGED, 0xee, 0xdd] },
  ({ bytes, start, end, forward }) => {
    if (!forward || end - start < 16) return false
    const word = readUint32(bytes, start)
    if (word === INTERMEDIATE || word === PADDED) return true
    const length = bytes[start + 1] === 0x7f ? 0 : bytes[start + 1] * 4
    return bytes[start] === ABRIDGED && length > 8 && end - start === 2 + length && readUint32(bytes, start + 2) === 0
  },
)

/** Telegram calls through a reflector (tgcalls): a peer tag of 16 octets, then three words of ones but for the last bit. */
export const telegramCall = message({ name: 'telegram', confidence: 0.95 }, ({ bytes, start, end }) => {
  if (end - start < 32 || readUint32(bytes, start + 16) !== ONES || readUint32(bytes, start + 20) !== ONES) return false
  return readUint32(bytes, start + 24) >>> 1 === ONES >>> 1 && readUint32(bytes, start) !== ONES
})
