import type { AddressNames } from '../address-names.ts'
import { readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import type { MessageAllowance } from '../message-allowance.ts'
import { Verdict } from '../recogniser.ts'
import { readAnswers } from './dns-answers.ts'
import type { DnsKind } from './dns-kind.ts'
import { DNS_HEADER, looksLikeDns, opensWithQuestion, readName, skipName } from './dns-message.ts'
import { dnsResponseCodeName } from './dns-names.ts'
import { dnsFactsOf, keepQuestion, keepResponseCode } from './dns-questions.ts'

/** Where what is read goes. */
export interface Reading {
  facts: FlowFacts
  kind: DnsKind
  messages: MessageAllowance
  /** Absent where answers are not taken for the names of addresses. */
  names?: AddressNames
}

interface Question {
  name: string
  type: string
}

/** Reads one message (RFC 1035 section 4.1) into the facts of its flow. */
export function readMessage(bytes: Uint8Array, start: number, end: number, reading: Reading): Verdict {
  const { facts, kind, messages, names } = reading
  if (!looksLikeDns(bytes, start, end)) return opensWithQuestion(bytes, start, end) ? Verdict.YES : Verdict.NO
  const found = dnsFactsOf(facts)
  const flags = readUint16(bytes, start + 2)
  const questionCount = readUint16(bytes, start + 4)
  const answerCount = readUint16(bytes, start + 6)
  const first = readQuestions(bytes, start, end, reading)
  if ((flags & 0x8000) === 0) {
    found.questions += questionCount
    return Verdict.YES
  }
  found.answers += answerCount
  keepResponseCode(first.name, first.type, dnsResponseCodeName(flags & 15), found)
  if (answerCount > 0) {
    const section = { bytes, start, end, questionCount, answerCount }
    readAnswers(section, { facts, kind, messages, names, question: first.name })
  }
  return Verdict.YES
}

/** Keeps the questions of a message, and gives the first; empty where there is none or it is not sound. */
function readQuestions(bytes: Uint8Array, start: number, end: number, { facts, kind, messages }: Reading): Question {
  const first = { name: '', type: '' }
  const count = Math.min(readUint16(bytes, start + 4), kind.maxQuestions)
  let at = start + DNS_HEADER
  for (let i = 0; i < count; i++) {
    const name = readName(bytes, start, at, end)
    const after = skipName(bytes, at, end)
    if (name === undefined || after < 0 || after + 2 > end) break
    const question = { name: kind.name(name), type: kind.type(readUint16(bytes, after)) }
    if (i === 0) Object.assign(first, question)
    keepQuestion(question.name, question.type, facts, messages)
    at = after + 4
  }
  return first
}
