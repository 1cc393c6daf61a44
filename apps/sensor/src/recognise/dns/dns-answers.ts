import type { AddressNames } from '../address-names.ts'
import { readUint16, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import type { MessageAllowance } from '../message-allowance.ts'
import { DNS_HEADER, readName, skipName } from './dns-message.ts'
import type { DnsKind } from './dns-kind.ts'
import { dnsFactsOf } from './dns-questions.ts'
import { recordData } from './record-data.ts'

/** Answers of a message that are read, and those of a flow that are kept. */
const MAX_ANSWERS = 64
const MAX_RECORDS = 16
const TYPE_A = 1
const TYPE_AAAA = 28

export interface AnswerSection {
  bytes: Uint8Array
  start: number
  end: number
  questionCount: number
  answerCount: number
}

export interface AnswerReaders {
  facts: FlowFacts
  kind: DnsKind
  messages: MessageAllowance
  names: AddressNames | undefined
  /** Name that was asked for. */
  question: string
}

/**
 * Reads the answer section: name, type 2, class 2, time to live 4, length 2, data. Every address belongs to the name that was
 * asked for, whatever aliases lie between.
 */
export function readAnswers(section: AnswerSection, { facts, kind, messages, names, question }: AnswerReaders): void {
  const { bytes, start, end, questionCount, answerCount } = section
  const { records } = dnsFactsOf(facts)
  let at = start + DNS_HEADER
  for (let i = 0; i < questionCount; i++) {
    at = skipName(bytes, at, end)
    if (at < 0) return
    at += 4
  }
  for (let i = 0; i < Math.min(answerCount, MAX_ANSWERS); i++) {
    const owner = at
    at = skipName(bytes, at, end)
    if (at < 0 || at + 10 > end) return
    const type = readUint16(bytes, at)
    const ttl = readUint32(bytes, at + 4)
    const length = readUint16(bytes, at + 8)
    const data = at + 10
    at = data + length
    if (at > end) return
    if (records.length < MAX_RECORDS && messages.take(facts)) {
      const name = kind.name(readName(bytes, start, owner, end) ?? '')
      records.push({ name, type: kind.type(type), data: recordData(section, kind.type(type), data, length), ttl })
    }
    if (question && names && ((type === TYPE_A && length === 4) || (type === TYPE_AAAA && length === 16)))
      names.add(bytes, data, length, question)
  }
}
