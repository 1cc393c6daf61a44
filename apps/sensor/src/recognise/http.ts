import { hasText, readText } from './byte-text.ts'
import type { FlowFacts } from './flow-facts.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'
import { MAX_HEAD } from './stream-head.ts'

const METHODS = ['GET ', 'POST ', 'PUT ', 'HEAD ', 'DELETE ', 'OPTIONS ', 'PATCH ', 'CONNECT ', 'TRACE ', 'PROPFIND ']
const LONGEST_METHOD = 10
const MAX_USER_AGENT = 200
const MAX_HOST = 255
const CR = 13
const LF = 10

/** HTTP/1 (RFC 9112): a request line or a status line, then header lines to an empty one. */
export const http: Recogniser = {
  name: 'http',
  transport: 'tcp',
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (hasText(bytes, start, end, 'HTTP/1.')) return readResponse(head, facts)
    const method = METHODS.find((text) => hasText(bytes, start, end, text))
    // While it is known to be HTTP, whatever else comes is a body or a later request.
    if (method === undefined) return facts.http ? Verdict.YES : Verdict.NO
    if (facts.http?.method) return Verdict.YES
    return readRequest(head, method.trim(), facts)
  },
}

/** Waits for the end of the headers as long as the bound allows. */
function readRequest(head: Head, method: string, facts: FlowFacts): Verdict {
  const { bytes, start, end } = head
  const lineEnd = findLineEnd(bytes, start, end)
  if (lineEnd < 0) return end - start < MAX_HEAD ? Verdict.MORE : Verdict.NO
  if (
    !/ HTTP\/1\.[01]\r?$/.test(readText(bytes, Math.max(start, lineEnd - LONGEST_METHOD), lineEnd).replace(/\?$/, ''))
  ) {
    return Verdict.NO
  }
  if (!hasHeaderEnd(bytes, lineEnd, end) && end - start < MAX_HEAD) return Verdict.MORE
  const found = (facts.http ??= { method: '', host: '', statusCode: 0, userAgent: '' })
  found.method = method
  for (const [name, value] of headerLines(bytes, lineEnd + 1, end)) {
    if (name === 'host' && found.host === '') found.host = hostOf(value)
    if (name === 'user-agent' && found.userAgent === '') found.userAgent = value.slice(0, MAX_USER_AGENT)
  }
  facts.hostName = found.host
  return Verdict.YES
}

/** "HTTP/1.1 200"; an interim 1xx response is not the one that counts (RFC 9110 section 15.2). */
function readResponse({ bytes, start, end }: Head, facts: FlowFacts): Verdict {
  if (end - start < 12) return Verdict.MORE
  const code = Number(readText(bytes, start + 9, start + 12))
  if (!(code >= 100 && code <= 599)) return Verdict.NO
  const found = (facts.http ??= { method: '', host: '', statusCode: 0, userAgent: '' })
  if (found.statusCode < 200) found.statusCode = code
  facts.isComplete = found.method !== '' && found.statusCode >= 200
  return Verdict.YES
}

function findLineEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === LF) return at
  return -1
}

function hasHeaderEnd(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at + 1 < end; at++) {
    if (bytes[at] === LF && (bytes[at + 1] === LF || (bytes[at + 1] === CR && bytes[at + 2] === LF))) return true
  }
  return false
}

function* headerLines(bytes: Uint8Array, from: number, end: number): Generator<[name: string, value: string]> {
  for (let at = from; at < end;) {
    const lineEnd = findLineEnd(bytes, at, end)
    if (lineEnd < 0) return
    const textEnd = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
    if (textEnd === at) return
    const text = readText(bytes, at, textEnd)
    const colon = text.indexOf(':')
    if (colon > 0) yield [text.slice(0, colon).toLowerCase(), text.slice(colon + 1).trim()]
    at = lineEnd + 1
  }
}

/** Without port, lower case; an IPv6 address keeps its brackets off. */
function hostOf(value: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(value)
  return (bracketed ? bracketed[1] : value.replace(/:\d+$/, '')).toLowerCase().slice(0, MAX_HOST)
}
