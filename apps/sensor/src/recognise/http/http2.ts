import { hasText, readUint24 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { hostOf } from './header-lines.ts'
import { readFirstHeaderBlock } from './hpack.ts'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const FRAME_HEADER = 9
const HEADERS = 1
const LAST_TYPE = 16
const PADDED = 0x08
const PRIORITY = 0x20
const MAX_FRAME = 16_384
const MAX_USER_AGENT = 200

/**
 * HTTP/2 in clear (RFC 9113 section 3.4): the client's preface, then frames of length 3, type, flags, stream 4. The first headers of
 * both ends are read; a content type of gRPC makes it gRPC.
 */
export const http2: Recogniser = {
  name: 'http2',
  transport: 'tcp',
  firstOctets: [0x50],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward } = head
    if (!facts.http) {
      if (!hasText(bytes, start, end, PREFACE))
        return hasText(bytes, start, end, PREFACE.slice(0, 18)) ? Verdict.KEEP : Verdict.NO
      facts.http = { method: '', host: '', statusCode: 0, userAgent: '', later: [], requests: 0 }
    }
    const at = hasText(bytes, start, end, PREFACE) ? start + PREFACE.length : start
    const isOver = readFrames(head, at, facts)
    facts.isComplete = facts.http.method !== '' && facts.http.statusCode !== 0
    const isKnown = forward ? facts.http.method !== '' : facts.http.statusCode !== 0
    return isKnown || isOver ? Verdict.YES : Verdict.KEEP
  },
}

/** Whether the octets are no frames, so that more of them will not help. */
function readFrames({ bytes, end }: Head, from: number, facts: FlowFacts): boolean {
  for (let at = from; at + FRAME_HEADER <= end;) {
    const next = at + FRAME_HEADER + readUint24(bytes, at)
    const type = bytes[at + 3]
    if (next - at > MAX_FRAME + FRAME_HEADER || type > LAST_TYPE) return true
    if (type === HEADERS) {
      if (next > end) return false
      readHeaders(bytes, at, next, facts)
      return true
    }
    at = next
  }
  return false
}

/** Padding length 1 and priority 5 come before the block where the flags say so (section 6.2). */
function readHeaders(bytes: Uint8Array, at: number, end: number, facts: FlowFacts): void {
  const flags = bytes[at + 4]
  const padding = (flags & PADDED) !== 0 ? bytes[at + FRAME_HEADER] : 0
  const start = at + FRAME_HEADER + ((flags & PADDED) !== 0 ? 1 : 0) + ((flags & PRIORITY) !== 0 ? 5 : 0)
  const fields = readFirstHeaderBlock(bytes, start, Math.max(start, end - padding))
  const found = facts.http
  if (!found) return
  found.method ||= fields.get(':method') ?? ''
  found.host ||= hostOf(fields.get(':authority') ?? '')
  found.userAgent ||= (fields.get('user-agent') ?? '').slice(0, MAX_USER_AGENT)
  found.statusCode ||= Number(fields.get(':status') ?? 0) || 0
  facts.hostName = found.host
  facts.set('url.path', (fields.get(':path') ?? '').split('?')[0])
  if ((fields.get('content-type') ?? '').startsWith('application/grpc')) facts.protocol = 'grpc'
}
