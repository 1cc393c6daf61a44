import { hash } from 'node:crypto'
import { findOctet, hasText, readLine, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const LF = 10
const MAX_BANNER = 255
const KEXINIT = 20
const MAX_PACKET = 35_000
/** Lists of a KEXINIT in their order (RFC 4253 section 7.1): key exchange, host key, then both directions of each. */
const LISTS = 8

/**
 * SSH: identification line, then KEXINIT in clear (RFC 4253 sections 4.2 and 7.1). HASSH is the MD5 of the algorithms that the
 * client offers, hasshServer that of the server's (https://github.com/salesforce/hassh).
 */
export const ssh: Recogniser = {
  name: 'ssh',
  transport: 'tcp',
  firstOctets: [0x53],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    let at = start
    if (hasText(bytes, start, end, 'SSH-')) {
      const lineEnd = findOctet(bytes, start, Math.min(end, start + MAX_BANNER), LF)
      if (lineEnd < 0) return end - start < MAX_BANNER ? Verdict.KEEP : Verdict.NO
      readBanner(head, facts)
      at = lineEnd + 1
    } else if (!facts.fields) return Verdict.NO
    if (at === end) return Verdict.YES
    if (end - at < 6) return Verdict.KEEP
    if (bytes[at + 5] !== KEXINIT) return Verdict.YES
    const packetEnd = at + 4 + readUint32(bytes, at)
    if (packetEnd - at > MAX_PACKET) return Verdict.YES
    if (packetEnd > end) return Verdict.KEEP
    readKexInit(head, at + 6 + 16, packetEnd, facts)
    facts.isComplete = facts.get('ssh.client.hassh') !== '' && facts.get('ssh.server.hassh') !== ''
    return Verdict.YES
  },
}

/** "SSH-protoversion-softwareversion SP comments". */
function readBanner({ bytes, start, end, forward }: Head, facts: FlowFacts): void {
  const side = forward ? 'client' : 'server'
  const [, protocol, ...software] = readLine(bytes, start, end).split('-')
  facts.set(`ssh.${side}.protocol`, protocol ?? '')
  facts.set(`ssh.${side}.software`, software.join('-'))
}

function readKexInit({ bytes, forward }: Head, start: number, end: number, facts: FlowFacts): void {
  const lists: string[] = []
  for (let at = start; at + 4 <= end && lists.length < LISTS;) {
    const next = at + 4 + readUint32(bytes, at)
    if (next > end) return
    lists.push(Buffer.from(bytes.buffer, bytes.byteOffset + at + 4, next - at - 4).toString('latin1'))
    at = next
  }
  if (lists.length < LISTS) return
  const [kex, , toServer, toClient, macToServer, macToClient, compressToServer, compressToClient] = lists
  const offered = forward
    ? [kex, toServer, macToServer, compressToServer]
    : [kex, toClient, macToClient, compressToClient]
  facts.set(`ssh.${forward ? 'client' : 'server'}.hassh`, hash('md5', offered.join(';'), 'hex'))
}
