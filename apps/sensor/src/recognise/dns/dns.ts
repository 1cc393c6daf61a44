import type { AddressNames } from '../address-names.ts'
import { readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import type { MessageAllowance } from '../message-allowance.ts'
import { type Head, type Recogniser, usesPort, Verdict } from '../recogniser.ts'
import { readAnswers } from './dns-answers.ts'
import { DNS_HEADER, looksLikeDns, opensWithQuestion, readName, skipName } from './dns-message.ts'
import { dnsResponseCodeName, dnsTypeName } from './dns-names.ts'
import { dnsFactsOf, keepQuestion, keepResponseCode } from './dns-questions.ts'

const PORT = 53

interface Learned {
  facts: FlowFacts
  messages: MessageAllowance
  /** Absent where answers are not taken for the names of addresses. */
  names?: AddressNames
}

/** DNS over UDP and TCP (RFC 1035) on its port; answers teach `names` which address has which name. */
export function dns(names: AddressNames, messages: MessageAllowance): Recogniser {
  return {
    name: 'dns',
    transport: 'both',
    ports: [PORT],
    onlyOnPorts: true,
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (!usesPort(head, PORT)) return Verdict.NO
      const learned = { facts, messages, names }
      return head.isTcp ? readFromStream(head, learned) : readMessage(head.bytes, head.start, head.end, learned)
    },
  }
}

/**
 * DNS on other ports with the same messages: multicast DNS (RFC 6762), LLMNR (RFC 4795), NetBIOS names (RFC 1002). Anybody on the link
 * may answer, so nothing is learned from them.
 */
export function dnsLike(name: string, port: number): Recogniser {
  return {
    name,
    transport: 'udp',
    ports: [port],
    onlyOnPorts: true,
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (!usesPort(head, port) || !looksLikeDns(head.bytes, head.start, head.end)) return Verdict.NO
      facts.isComplete = true
      return Verdict.YES
    },
  }
}

/** Over TCP each message has its length before it (RFC 1035 section 4.2.2); several may come in one segment. */
function readFromStream({ bytes, start, end }: Head, learned: Learned): Verdict {
  let verdict: Verdict = Verdict.NO
  for (let at = start; at + 2 + DNS_HEADER <= end;) {
    const length = readUint16(bytes, at)
    const next = at + 2 + length
    if (length < DNS_HEADER + 5 || !looksLikeDns(bytes, at + 2, Math.min(end, next))) return verdict
    if (next > end) return verdict === Verdict.NO ? Verdict.MORE : verdict
    learned.facts.isEndless = true
    verdict = readMessage(bytes, at + 2, next, learned)
    at = next
  }
  return verdict
}

function readMessage(bytes: Uint8Array, start: number, end: number, { facts, messages, names }: Learned): Verdict {
  if (!looksLikeDns(bytes, start, end)) return opensWithQuestion(bytes, start, end) ? Verdict.YES : Verdict.NO
  const found = dnsFactsOf(facts)
  const flags = readUint16(bytes, start + 2)
  const questionCount = readUint16(bytes, start + 4)
  const answerCount = readUint16(bytes, start + 6)
  const isResponse = (flags & 0x8000) !== 0
  const question = questionCount > 0 ? readName(bytes, start, start + DNS_HEADER, end) : undefined
  const type = question === undefined ? '' : typeOf(bytes, start, end)
  if (question !== undefined && type !== '') keepQuestion(question, type, facts, messages)
  if (!isResponse) {
    found.questions += questionCount
    return Verdict.YES
  }
  found.answers += answerCount
  keepResponseCode(question ?? '', type, dnsResponseCodeName(flags & 15), found)
  if (answerCount > 0)
    readAnswers({ bytes, start, end, questionCount, answerCount }, { facts, messages, names, question: question ?? '' })
  return Verdict.YES
}

function typeOf(bytes: Uint8Array, start: number, end: number): string {
  const type = skipName(bytes, start + DNS_HEADER, end)
  return type >= 0 && type + 2 <= end ? dnsTypeName(readUint16(bytes, type)) : ''
}
