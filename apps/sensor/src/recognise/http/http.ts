import { hasText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import type { MessageAllowance } from '../message-allowance.ts'
import { firstOf, type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'
import { NO_MESSAGE, type ReadMessage } from './http-message.ts'
import { ALL_METHODS, methodAt, readRequest } from './http-request.ts'
import { readResponse } from './http-response.ts'

/**
 * HTTP/1 (RFC 9112): a request line or a status line, then header lines to an empty one. Later requests and responses are read where
 * they begin a segment, or follow in one. After 101 it is what was agreed upon, after CONNECT the hello of TLS is read.
 */
export function http(messages: MessageAllowance): Recogniser {
  return {
    name: 'http',
    transport: 'tcp',
    firstOctets: firstOf([...ALL_METHODS, 'HTTP', 'ICY']),
    recognise(head: Head, facts: FlowFacts): Verdict {
      const { bytes, start, end } = head
      if (facts.http?.method === 'CONNECT' && startsTls(head)) return upgradeToTls(head, facts)
      if (!facts.http && hasText(bytes, start, end, 'ICY 200 ')) return Verdict.YES
      let verdict: Verdict = Verdict.NO
      // A message is followed by another as far as its end is known.
      for (let at = start; at >= 0 && at < end && !facts.isComplete;) {
        const message = readMessage(head, at, facts, messages)
        if (message.verdict === Verdict.NO) break
        // What is not whole is waited for where it began a segment: a head would show again what came before it.
        if (verdict === Verdict.NO || message.verdict === Verdict.YES) verdict = message.verdict
        at = message.next
      }
      // While it is known to be HTTP, whatever else comes is a body.
      return verdict === Verdict.NO && facts.http ? Verdict.YES : verdict
    },
  }
}

function readMessage(head: Head, at: number, facts: FlowFacts, messages: MessageAllowance): ReadMessage {
  const { bytes, end } = head
  if (bytes[at] === 0x48 && hasText(bytes, at, end, 'HTTP/1.')) return readResponse(head, at, facts)
  const method = methodAt(bytes, at, end)
  return method === '' ? NO_MESSAGE : readRequest(head, at, method, { facts, messages })
}
