import type { DnsFacts } from '@picket/proto'
import type { FlowFacts } from '../flow-facts.ts'
import { MAX_LATER, type MessageAllowance } from '../message-allowance.ts'

/** The facts of DNS, made empty where there are none yet. */
export function dnsFactsOf(facts: FlowFacts): DnsFacts {
  facts.dns ??= {
    questionName: '',
    questionType: '',
    responseCode: '',
    questions: 0,
    answers: 0,
    later: [],
    records: [],
  }
  return facts.dns
}

/** Keeps the first question, and of later ones those that were not asked before, as far as there is room. */
export function keepQuestion(name: string, type: string, facts: FlowFacts, messages: MessageAllowance): void {
  const found = dnsFactsOf(facts)
  if (found.questionType === '') {
    found.questionName = name
    found.questionType = type
    return
  }
  if (isFirst(found, name, type) || laterOf(found, name, type)) return
  if (found.later.length < MAX_LATER && messages.take(facts)) found.later.push({ name, type, responseCode: '' })
}

/** Gives the question its response code; an answer to a question that is not kept has none. */
export function keepResponseCode(name: string, type: string, code: string, found: DnsFacts): void {
  if (type === '' || isFirst(found, name, type)) found.responseCode ||= code
  else {
    const later = laterOf(found, name, type)
    if (later) later.responseCode ||= code
  }
}

function isFirst({ questionName, questionType }: DnsFacts, name: string, type: string): boolean {
  return name === questionName && type === questionType
}

function laterOf({ later }: DnsFacts, name: string, type: string): DnsFacts['later'][number] | undefined {
  return later.find((question) => question.name === name && question.type === type)
}
