import { containsText, hasAnyText, readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const OPENINGS = ['<?xml', '<stream:stream', '<stream:features']
const SCAN = 400

/** XMPP (RFC 6120 section 4): a stream header of XML with the name of the server; TLS may follow. */
export const xmpp: Recogniser = {
  name: 'xmpp',
  transport: 'tcp',
  ports: [5222, 5269],
  firstOctets: [0x3c],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (facts.fields && startsTls(head)) return upgradeToTls(head, facts)
    const limit = Math.min(end, start + SCAN)
    if (!hasAnyText(bytes, start, end, OPENINGS) || !containsText(bytes, start, limit, 'stream:'))
      return facts.fields ? Verdict.YES : Verdict.NO
    const text = readText(bytes, start, limit)
    const isXmpp = /jabber:(client|server|component)|http:\/\/etherx\.jabber\.org/.test(text)
    if (!isXmpp && !facts.fields && head.destinationPort !== 5222) return Verdict.NO
    const to = /\bto=['"]([^'"]+)['"]/.exec(text)
    facts.set('xmpp.stream', 'open')
    if (to && head.forward) facts.hostName = to[1].toLowerCase()
    return Verdict.YES
  },
}
