import type { AddressNames } from '../address-names.ts'
import { readUint16 } from '../byte-text.ts'
import { DNS_HEADER, looksLikeDns, opensWithQuestion, readName, skipName } from './dns-message.ts'
import { dnsResponseCodeName, dnsTypeName } from './dns-names.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, usesPort, Verdict } from '../recogniser.ts'

const PORT = 53
const MAX_ANSWERS = 64
const TYPE_A = 1
const TYPE_AAAA = 28

/** DNS over UDP and TCP (RFC 1035) on its port; answers teach `names` which address has which name. */
export function dns(names: AddressNames): Recogniser {
  return {
    name: 'dns',
    transport: 'both',
    ports: [PORT],
    onlyOnPorts: true,
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (!usesPort(head, PORT)) return Verdict.NO
      return !head.isTcp
        ? readMessage(head.bytes, head.start, head.end, { facts, names })
        : readFromStream(head, { facts, names })
    },
  }
}

/** DNS on other ports with the same messages: multicast DNS (RFC 6762), LLMNR (RFC 4795), NetBIOS names (RFC 1002). */
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

interface Found {
  facts: FlowFacts
  names: AddressNames
}

/** Over TCP each message has its length before it (RFC 1035 section 4.2.2). */
function readFromStream({ bytes, start, end }: Head, found: Found): Verdict {
  if (end - start < 2 + DNS_HEADER) return Verdict.NO
  const length = readUint16(bytes, start)
  if (length < DNS_HEADER + 5 || !looksLikeDns(bytes, start + 2, Math.min(end, start + 2 + length))) return Verdict.NO
  if (start + 2 + length > end) return Verdict.MORE
  return readMessage(bytes, start + 2, start + 2 + length, found)
}

function readMessage(bytes: Uint8Array, start: number, end: number, { facts, names }: Found): Verdict {
  if (!looksLikeDns(bytes, start, end)) return opensWithQuestion(bytes, start, end) ? Verdict.YES : Verdict.NO
  const counts = (facts.dns ??= { questionName: '', questionType: '', responseCode: '', questions: 0, answers: 0 })
  const flags = readUint16(bytes, start + 2)
  const questionCount = readUint16(bytes, start + 4)
  const answerCount = readUint16(bytes, start + 6)
  const isResponse = (flags & 0x8000) !== 0
  const question = questionCount > 0 ? readName(bytes, start, start + DNS_HEADER, end) : undefined
  if (counts.questionType === '' && question !== undefined) {
    const type = skipName(bytes, start + DNS_HEADER, end)
    if (type >= 0 && type + 2 <= end) {
      counts.questionName = question
      counts.questionType = dnsTypeName(readUint16(bytes, type))
    }
  }
  if (!isResponse) counts.questions += questionCount
  else {
    counts.answers += answerCount
    if (counts.responseCode === '') counts.responseCode = dnsResponseCodeName(flags & 15)
    if (question) learnAddresses({ bytes, start, end, questionCount, answerCount }, question, names)
  }
  return Verdict.YES
}

interface Answers {
  bytes: Uint8Array
  start: number
  end: number
  questionCount: number
  answerCount: number
}

/** Every address of the answer section belongs to the name that was asked for, whatever aliases lie between. */
function learnAddresses(
  { bytes, start, end, questionCount, answerCount }: Answers,
  question: string,
  names: AddressNames,
): void {
  let at = start + DNS_HEADER
  for (let i = 0; i < questionCount; i++) {
    at = skipName(bytes, at, end)
    if (at < 0) return
    at += 4
  }
  for (let i = 0; i < Math.min(answerCount, MAX_ANSWERS); i++) {
    at = skipName(bytes, at, end)
    if (at < 0 || at + 10 > end) return
    const type = readUint16(bytes, at)
    const length = readUint16(bytes, at + 8)
    at += 10
    if (at + length > end) return
    if ((type === TYPE_A && length === 4) || (type === TYPE_AAAA && length === 16))
      names.add(bytes, at, length, question)
    at += length
  }
}
