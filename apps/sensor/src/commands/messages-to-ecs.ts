import type { DnsFacts, HttpFacts, HttpRequest } from '@picket/proto'
import { prune } from './prune.ts'

/** The first question, and the records that answered: ECS has room for one question. */
export function dnsToEcs(facts: DnsFacts | undefined): object | undefined {
  if (!facts) return undefined
  const { questionName, questionType, responseCode, records } = facts
  const addresses = records.filter(({ type, data }) => data !== '' && (type === 'A' || type === 'AAAA'))
  return {
    question: { name: questionName, type: questionType },
    response_code: responseCode,
    answers: listOf(records.map(({ name, type, data, ttl }) => ({ name, type, data, ttl }))),
    resolved_ip: addresses.length > 0 ? [...new Set(addresses.map(({ data }) => data))] : undefined,
  }
}

/** How many were asked, and those after the first. */
export function laterQuestions(facts: DnsFacts | undefined): object | undefined {
  if (!facts || facts.questions <= 1) return undefined
  const later = facts.later.map(({ name, type, responseCode }) => ({ name, type, response_code: responseCode }))
  return { questions: facts.questions, later: listOf(later) }
}

/** How many were made, and those after the first. */
export function laterRequests(facts: HttpFacts | undefined): object | undefined {
  if (!facts || facts.requests <= 1) return undefined
  return { requests: facts.requests, later: listOf(facts.later.map(requestToEcs)) }
}

function requestToEcs({ method, host, path, statusCode, mimeType }: HttpRequest): Record<string, unknown> {
  return {
    request: { method },
    url: { domain: host, path },
    response: { status_code: statusCode === 0 ? undefined : statusCode, mime_type: mimeType },
  }
}

function listOf(items: Record<string, unknown>[]): object[] | undefined {
  return items.length === 0 ? undefined : items.map(prune)
}
