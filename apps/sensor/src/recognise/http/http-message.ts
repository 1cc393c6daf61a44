import type { HttpFacts } from '@picket/proto'
import { Awaited, type FlowFacts } from '../flow-facts.ts'
import { Verdict } from '../recogniser.ts'
import { HeaderLines } from './header-lines.ts'

/** Those of the message that is being read. */
export const headerLines = new HeaderLines()

/** What was read at an offset, and where the next message starts: -1 where that is not known. */
export interface ReadMessage {
  verdict: Verdict
  next: number
}

export const NO_MESSAGE: ReadMessage = { verdict: Verdict.NO, next: -1 }

/** The facts of HTTP, made empty where there are none yet. */
export function httpFactsOf(facts: FlowFacts): HttpFacts {
  facts.http ??= { method: '', host: '', statusCode: 0, userAgent: '', later: [], requests: 0 }
  return facts.http
}

/** While every request that is kept was answered, the next payload that says something is a request. */
export function awaitNext(facts: FlowFacts): void {
  const { method, statusCode, later } = httpFactsOf(facts)
  const isAnswered = method !== '' && (later.at(-1)?.statusCode ?? statusCode) >= 200
  facts.awaited = isAnswered ? Awaited.FORWARD : Awaited.BOTH
  facts.isEndless = true
}

/** Where the next message starts, if its first octets are here and the length of the body is told; -1 otherwise. */
export function nextMessage(bytes: Uint8Array, headers: HeaderLines, end: number): number {
  const { after } = headers
  if (after < 0 || after >= end) return -1
  const length = Number(headers.value(bytes, 'content-length') || 0)
  const next = after + length
  return length >= 0 && next < end ? next : -1
}
