import { hasAnyText, readLine } from '../byte-text.ts'
import { firstOf, type Head, type Recogniser, Verdict } from '../recogniser.ts'
import type { FlowFacts } from '../flow-facts.ts'

const COMMANDS = ['NICK ', 'USER ', 'PASS ', 'CAP LS', 'CAP REQ', 'JOIN #', ':', 'NOTICE AUTH', 'PING :', 'PRIVMSG ']
const SERVER_LINE = /^:[\w.-]+ (NOTICE|00[1-5]|CAP|PING) /
const CLIENT_NICK = /^NICK :?([A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,29})$/
const CLIENT_CAP = /^CAP (LS( 302)?|REQ :)/
const PORTS = [6667, 6666, 6668, 6669, 7000]

/** IRC (RFC 2812 section 3.1): the client registers by NICK, USER or CAP; the server's lines begin with its name and a number. */
export const irc: Recogniser = {
  name: 'irc',
  transport: 'tcp',
  ports: PORTS,
  firstOctets: firstOf(COMMANDS),
  recognise({ bytes, start, end, forward, destinationPort }: Head, facts: FlowFacts): Verdict {
    if (!hasAnyText(bytes, start, end, COMMANDS)) return Verdict.NO
    const line = readLine(bytes, start, end)
    const nick = forward ? CLIENT_NICK.exec(line) : null
    const isServer = !forward && (SERVER_LINE.test(line) || /^(NOTICE AUTH|PING) :/.test(line))
    const isPort = PORTS.includes(destinationPort)
    const isClient = forward && (nick !== null || CLIENT_CAP.test(line) || /^USER \S+ \S+ \S+ :/.test(line))
    if (!isServer && !isClient && !(isPort && /^(PASS|JOIN|PRIVMSG|USER) /.test(line))) return Verdict.NO
    if (nick) facts.set('irc.nick', nick[1])
    facts.isComplete = true
    return Verdict.YES
  },
}
