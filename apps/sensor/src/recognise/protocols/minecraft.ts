import { isPrintable, readText } from '../byte-text.ts'
import { message } from './message.ts'

const LEGACY_PING = 0xfe
const MAX_NAME = 255

/**
 * Minecraft, Java edition (its protocol, "Handshake"): packet length, id 0, protocol version as variable integers, server name 1+n,
 * port 2, next state 1 (status), 2 (login) or 3 (transfer).
 */
export const minecraft = message(
  { name: 'minecraft', transport: 'tcp', ports: [25565], confidence: 0.95 },
  ({ bytes, start, end, forward, destinationPort }, facts) => {
    if (!forward || end - start < 7) return false
    if (bytes[start] === LEGACY_PING && destinationPort === 25565) return bytes[start + 1] === 1
    const length = bytes[start]
    if (length >= 0x80 || length + 1 > end - start || bytes[start + 1] !== 0) return false
    let at = start + 2
    while (at < start + 7 && bytes[at] >= 0x80) at++
    const name = at + 2
    const nameEnd = name + bytes[at + 1]
    if (nameEnd + 3 !== start + 1 + length || nameEnd - name > MAX_NAME || nameEnd === name) return false
    const state = bytes[nameEnd + 2]
    if (state < 1 || state > 3 || !isPrintable(bytes, name, nameEnd)) return false
    facts.hostName = readText(bytes, name, nameEnd).toLowerCase()
    return true
  },
)
