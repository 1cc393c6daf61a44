import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

/** The sixteen octets that offline messages carry, by their words. */
const MAGIC = [0x00ff_ff00, 0xfefe_fefe, 0xfdfd_fdfd, 0x1234_5678]
/** Newer clients of Roblox put their requests behind a header of 31 octets. */
const WRAPPER = 31
const ROBLOX = [0x78, 0x7b, 0x7d, 0x7e]
/**
 * Where the magic lies by message: pings and pong (time 8 first), open connection request and reply 1 and 2, incompatible; Roblox
 * has numbers of its own. */
const OFFSETS: Record<number, number> = {
  0x01: 9,
  0x02: 9,
  0x1c: 17,
  0x05: 1,
  0x06: 1,
  0x07: 1,
  0x08: 1,
  0x19: 2,
  0x78: 1,
  0x7b: 1,
  0x7d: 1,
  0x7e: 1,
}

/** RakNet, which Minecraft's Bedrock edition and other games use: offline messages are marked by a magic. */
export const raknet = message(
  { name: 'raknet', ports: [19132], firstOctets: Object.keys(OFFSETS).map(Number) },
  ({ bytes, start, end, destinationPort }, facts) => {
    const isWrapped = bytes[start] === 1 && ROBLOX.includes(bytes[start + WRAPPER])
    const at = isWrapped ? start + WRAPPER + 1 : start + OFFSETS[bytes[start]]
    if (!(at + 16 <= end) || MAGIC.some((word, i) => readUint32(bytes, at + i * 4) !== word)) return false
    if (destinationPort === 19132 || destinationPort === 19133) facts.protocol = 'minecraft'
    return true
  },
)
