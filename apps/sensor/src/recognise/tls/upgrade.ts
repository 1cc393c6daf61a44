import type { FlowFacts } from '../flow-facts.ts'
import type { Head, Verdict } from '../recogniser.ts'
import { tls } from './tls.ts'

/** Whether the octets begin a TLS handshake record: type 22, version 3.x. */
export function startsTls({ bytes, start, end }: Head): boolean {
  return end - start >= 3 && bytes[start] === 22 && bytes[start + 1] === 3 && bytes[start + 2] <= 4
}

/** Hands the rest of the flow to TLS, as after STARTTLS. The protocol keeps its name, the facts of TLS come to its own. */
export function upgradeToTls(head: Head, facts: FlowFacts): Verdict {
  facts.recogniser = tls
  return tls.recognise(head, facts)
}
