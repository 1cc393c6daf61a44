import type { HttpFacts } from '@picket/proto'
import { findOctet, hasText, readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { firstOf, type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { MAX_HEAD } from '../stream-head.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'
import { HEADER_VALUE, headerValue, hostOf } from './header-lines.ts'

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
const ALL_METHODS = [...METHODS, ...MORE_METHODS]
const LONGEST_VERSION = 12
const CR = 13
const LF = 10

/** HTTP/1 (RFC 9112): a request line or a status line, then header lines to an empty one. After 101 it is what was agreed upon,
 * after CONNECT the hello of TLS is read. */
export const http: Recogniser = {
  name: 'http',
  transport: 'tcp',
  firstOctets: firstOf([...ALL_METHODS, 'HTTP', 'ICY']),
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (facts.http?.method === 'CONNECT' && startsTls(head)) return upgradeToTls(head, facts)
    if (hasText(bytes, start, end, 'HTTP/1.')) return readResponse(head, facts)
    if (!facts.http && hasText(bytes, start, end, 'ICY 200 ')) return Verdict.YES
    const method = methodAt(bytes, start, end)
    // While it is known to be HTTP, whatever else comes is a body or a later request.
    if (method === '') return facts.http ? Verdict.YES : Verdict.NO
    if (facts.http?.method) return Verdict.YES
    return readRequest(head, method, facts)
  },
}

function methodAt(bytes: Uint8Array, start: number, end: number): string {
  for (let i = 0; i < ALL_METHODS.length; i++)
    if (hasText(bytes, start, end, ALL_METHODS[i])) return ALL_METHODS[i].trim()
  return ''
}

function httpFactsOf(facts: FlowFacts): HttpFacts {
  facts.http ??= { method: '', host: '', statusCode: 0, userAgent: '' }
  return facts.http
}

/** Waits for the end of the headers as long as the bound allows. */
function readRequest(head: Head, method: string, facts: FlowFacts): Verdict {
  const { bytes, start, end } = head
  const isFull = end - start >= MAX_HEAD
  const lineEnd = findOctet(bytes, start, end, LF)
  if (lineEnd < 0) return isFull ? Verdict.NO : Verdict.MORE
  const version = readText(bytes, Math.max(start, lineEnd - LONGEST_VERSION), lineEnd).replace(/\?$/, '')
  if (!/ HTTP\/1\.[01] ?$/.test(version)) return Verdict.NO
  if (!hasHeaderEnd(bytes, lineEnd, end) && !isFull) {
    // Known by its first line; who never ends the headers is still HTTP.
    return Verdict.KEEP
  }
  const found = httpFactsOf(facts)
  found.method = method
  found.host = hostOf(headerValue(bytes, lineEnd + 1, end, 'host'))
  found.userAgent = headerValue(bytes, lineEnd + 1, end, 'user-agent').slice(0, HEADER_VALUE)
  facts.set('http.request.upgrade', headerValue(bytes, lineEnd + 1, end, 'upgrade').toLowerCase())
  if (found.host === '' && method === 'CONNECT') found.host = hostOf(readText(bytes, start + 8, lineEnd).split(' ')[0])
  facts.set(
    'url.path',
    readText(bytes, start + method.length + 1, lineEnd)
      .split(' ')[0]
      .split('?')[0],
  )
  facts.hostName = found.host
  return Verdict.YES
}

/** "HTTP/1.1 200"; an interim 1xx response is not the one that counts (RFC 9110 section 15.2), but 101 is the last. */
function readResponse(head: Head, facts: FlowFacts): Verdict {
  const { bytes, end } = head
  const start = finalResponse(head)
  if (end - start < 12) return Verdict.MORE
  const code = Number(readText(bytes, start + 9, start + 12))
  if (!(code >= 100 && code <= 599)) return Verdict.NO
  const found = httpFactsOf(facts)
  if (found.statusCode < 200) found.statusCode = code
  if (code === 101 && facts.get('http.request.upgrade') === 'websocket') facts.protocol = 'websocket'
  const lineEnd = findOctet(bytes, start, end, LF)
  if (lineEnd > 0) {
    facts.set(
      'http.response.mime_type',
      headerValue(bytes, lineEnd + 1, end, 'content-type')
        .split(';')[0]
        .toLowerCase(),
    )
    facts.set('http.response.server', headerValue(bytes, lineEnd + 1, end, 'server'))
  }
  const isTunnel = found.method === 'CONNECT' && code < 300
  facts.isComplete = !isTunnel && found.method !== '' && (found.statusCode >= 200 || code === 101)
  return Verdict.YES
}

/** Where the last of several responses starts of which those before are interim ones in the same segment. */
function finalResponse({ bytes, start, end }: Head): number {
  let at = start
  while (bytes[at + 9] === 0x31 && !hasText(bytes, at + 9, end, '101')) {
    const next = afterHeader(bytes, at, end)
    if (next < 0 || !hasText(bytes, next, end, 'HTTP/1.')) break
    at = next
  }
  return at
}

/** Offset after the empty line; -1 where there is none. */
function afterHeader(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 3 < end; at++) if (hasText(bytes, at, end, '\r\n\r\n')) return at + 4
  return -1
}

function hasHeaderEnd(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at + 1 < end; at++) {
    if (bytes[at] === LF && (bytes[at + 1] === LF || (bytes[at + 1] === CR && bytes[at + 2] === LF))) return true
  }
  return false
}
