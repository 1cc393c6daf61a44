import { findOctet, hasText, readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { MAX_LATER, type MessageAllowance } from '../message-allowance.ts'
import { type Head, Verdict } from '../recogniser.ts'
import { MAX_HEAD } from '../stream-head.ts'
import { HEADER_VALUE, hostOf } from './header-lines.ts'
import { awaitNext, headerLines, httpFactsOf, nextMessage, NO_MESSAGE, type ReadMessage } from './http-message.ts'

const METHODS = ['GET ', 'POST ', 'PUT ', 'HEAD ', 'DELETE ', 'OPTIONS ', 'PATCH ', 'CONNECT ', 'TRACE ', 'PROPFIND ']
const MORE_METHODS = [
  'PROPPATCH ',
  'MKCOL ',
  'COPY ',
  'MOVE ',
  'LOCK ',
  'UNLOCK ',
  'REPORT ',
  'SEARCH ',
  'RPC_IN_DATA ',
  'RPC_OUT_DATA ',
]
export const ALL_METHODS = [...METHODS, ...MORE_METHODS]
const MAX_PATH = 200
/** What the last digit of the version follows. */
const VERSION = ' HTTP/1.'
const DIGIT_0 = 0x30
const DIGIT_1 = 0x31
const SPACE = 0x20
const QUESTION_MARK = 0x3f
const DELETE = 0x7f
const SLASH = 0x2f

export function methodAt(bytes: Uint8Array, start: number, end: number): string {
  for (let i = 0; i < ALL_METHODS.length; i++)
    if (hasText(bytes, start, end, ALL_METHODS[i])) return ALL_METHODS[i].trim()
  return ''
}

/** Reads the request at `start`. Waits for the end of the headers as long as the bound allows. */
export function readRequest(
  { bytes, end }: Head,
  start: number,
  method: string,
  { facts, messages }: { facts: FlowFacts; messages: MessageAllowance },
): ReadMessage {
  const isFull = end - start >= MAX_HEAD
  const lineEnd = findOctet(bytes, start, end, 10)
  if (lineEnd < 0) return isFull ? NO_MESSAGE : { verdict: Verdict.MORE, next: -1 }
  if (!isRequestLine(bytes, start, lineEnd, method)) return NO_MESSAGE
  headerLines.read(bytes, lineEnd + 1, end)
  // Known by its first line; who never ends the headers is still HTTP.
  if (headerLines.after < 0 && !isFull) return { verdict: Verdict.KEEP, next: -1 }
  const path = pathOf(bytes, start + method.length + 1, lineEnd)
  let host = hostOf(headerLines.value(bytes, 'host'))
  if (host === '' && method === 'CONNECT') host = hostOf(readText(bytes, start + 8, lineEnd).split(' ')[0])
  const found = httpFactsOf(facts)
  found.requests++
  if (found.method !== '') {
    if (found.later.length < MAX_LATER && messages.take(facts))
      found.later.push({ method, host, path, statusCode: 0, mimeType: '' })
  } else {
    found.method = method
    found.host = host
    found.userAgent = headerLines.value(bytes, 'user-agent').slice(0, HEADER_VALUE)
    facts.set('http.request.upgrade', headerLines.value(bytes, 'upgrade').toLowerCase())
    facts.set('url.path', path)
    facts.hostName = host
  }
  awaitNext(facts)
  return { verdict: Verdict.YES, next: nextMessage(bytes, headerLines, end) }
}

/** With a version at its end, or, as old and careless clients write it, "GET /path" alone. */
function isRequestLine(bytes: Uint8Array, start: number, lineEnd: number, method: string): boolean {
  let end = isVisible(bytes[lineEnd - 1]) || bytes[lineEnd - 1] === SPACE ? lineEnd : lineEnd - 1
  if (bytes[end - 1] === SPACE) end--
  const version = end - VERSION.length - 1
  const minor = bytes[end - 1]
  if (version > start && hasText(bytes, version, end, VERSION) && (minor === DIGIT_0 || minor === DIGIT_1)) return true
  return method === 'GET' && bytes[start + 4] === SLASH && findOctet(bytes, start + 4, lineEnd, SPACE) < 0
}

/** The target up to its query, to a space, or to what is no text. */
function pathOf(bytes: Uint8Array, from: number, lineEnd: number): string {
  const limit = Math.min(lineEnd, from + MAX_PATH)
  let end = from
  while (end < limit && isVisible(bytes[end])) end++
  return readText(bytes, from, end)
}

/** Printable, no space, and no question mark. */
function isVisible(octet: number): boolean {
  return octet > SPACE && octet < DELETE && octet !== QUESTION_MARK
}
