import { findOctet, readText } from '../byte-text.ts'
import { Awaited, type FlowFacts } from '../flow-facts.ts'
import { type Head, Verdict } from '../recogniser.ts'
import { awaitNext, headerLines, httpFactsOf, nextMessage, NO_MESSAGE, type ReadMessage } from './http-message.ts'

const SWITCHING_PROTOCOLS = 101

/**
 * Reads "HTTP/1.1 200" at `start` as the answer to the first request without one. An interim 1xx response is not the one that counts
 * (RFC 9110 section 15.2), but 101 is the last.
 */
export function readResponse({ bytes, end }: Head, start: number, facts: FlowFacts): ReadMessage {
  if (end - start < 12) return { verdict: Verdict.MORE, next: -1 }
  const code = Number(readText(bytes, start + 9, start + 12))
  if (!(code >= 100 && code <= 599)) return NO_MESSAGE
  const lineEnd = findOctet(bytes, start, end, 10)
  headerLines.read(bytes, lineEnd < 0 ? end : lineEnd + 1, end)
  answer(code, headerLines.value(bytes, 'content-type'), facts)
  if (code >= 200 || code === SWITCHING_PROTOCOLS) facts.set('http.response.server', headerLines.value(bytes, 'server'))
  if (code === SWITCHING_PROTOCOLS && facts.get('http.request.upgrade') === 'websocket') facts.protocol = 'websocket'
  const { method } = httpFactsOf(facts)
  awaitNext(facts)
  if (method === 'CONNECT' && code < 300) openTunnel(facts)
  facts.isComplete = method !== '' && code === SWITCHING_PROTOCOLS
  return { verdict: Verdict.YES, next: nextMessage(bytes, headerLines, end) }
}

/** What both ends say from here on is another protocol. */
function openTunnel(facts: FlowFacts): void {
  facts.awaited = Awaited.BOTH
  facts.isEndless = false
}

function answer(code: number, contentType: string, facts: FlowFacts): void {
  const found = httpFactsOf(facts)
  const mimeType = contentType.split(';')[0].toLowerCase()
  const isFirst = found.statusCode < 200
  if (isFirst) {
    found.statusCode = code
    facts.set('http.response.mime_type', mimeType)
    return
  }
  const later = found.later.find(({ statusCode }) => statusCode < 200)
  if (!later) return
  later.statusCode = code
  later.mimeType = mimeType
}
