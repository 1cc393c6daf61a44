import type { AddressNames } from '../address-names.ts'
import type { FlowFacts } from '../flow-facts.ts'
import type { MessageAllowance } from '../message-allowance.ts'
import { type Head, type Recogniser, usesPort, Verdict } from '../recogniser.ts'
import { DNS, type DnsKind } from './dns-kind.ts'
import { looksLikeDns } from './dns-message.ts'
import { readStream } from './dns-stream.ts'
import { readMessage } from './read-message.ts'
import { isWholeMessage } from './whole-message.ts'

const PORT = 53
/** On another port the message itself is all there is to go by. */
const ELSEWHERE = 0.95

/** DNS over UDP and TCP (RFC 1035) on its port; answers teach `names` which address has which name. */
export function dns(names: AddressNames, messages: MessageAllowance): Recogniser {
  return {
    name: 'dns',
    transport: 'both',
    ports: [PORT],
    onlyOnPorts: true,
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (!usesPort(head, PORT)) return Verdict.NO
      const reading = { facts, kind: DNS, messages, names }
      return head.isTcp ? readStream(head, reading) : readMessage(head.bytes, head.start, head.end, reading)
    },
  }
}

/**
 * DNS on any other port: the first message must be sound to its last octet. Nothing is learned from it, as anybody may answer on a port
 * of his own.
 */
export function dnsElsewhere(messages: MessageAllowance): Recogniser {
  return {
    name: 'dns',
    transport: 'both',
    confidence: ELSEWHERE,
    recognise(head: Head, facts: FlowFacts): Verdict {
      const { bytes, start, end, isTcp } = head
      if (!facts.dns && !isWholeMessage(bytes, isTcp ? start + 2 : start, end)) return Verdict.NO
      const reading = { facts, kind: DNS, messages }
      return isTcp ? readStream(head, reading) : readMessage(bytes, start, end, reading)
    },
  }
}

/**
 * What has the messages of DNS on a port of its own: multicast DNS (RFC 6762), LLMNR (RFC 4795), NetBIOS names (RFC 1002). Anybody on the
 * link may answer, so no address is given a name by them.
 */
export function dnsLike(name: string, port: number, kind: DnsKind, messages: MessageAllowance): Recogniser {
  return {
    name,
    transport: 'udp',
    ports: [port],
    onlyOnPorts: true,
    recognise(head: Head, facts: FlowFacts): Verdict {
      const { bytes, start, end } = head
      if (!usesPort(head, port) || !looksLikeDns(bytes, start, end)) return facts.dns ? Verdict.YES : Verdict.NO
      return readMessage(bytes, start, end, { facts, kind, messages })
    },
  }
}
