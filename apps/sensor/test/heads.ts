import type { FlowFacts } from '../src/recognise/flow-facts.ts'
import type { Head, Recogniser, Verdict } from '../src/recognise/recogniser.ts'

/** Shows octets to a recogniser as the head of a stream, not at offset 0. */
export function recognise(
  recogniser: Recogniser,
  octets: Uint8Array,
  options: Partial<Pick<Head, 'forward' | 'sourcePort' | 'destinationPort'>> & { facts?: FlowFacts } = {},
): { verdict: Verdict; facts: FlowFacts } {
  const { facts = { recogniser, hostName: '', isComplete: false }, ...ends } = options
  const bytes = new Uint8Array(octets.length + 9).fill(0x99)
  bytes.set(octets, 4)
  const head: Head = {
    bytes,
    start: 4,
    end: 4 + octets.length,
    forward: true,
    sourcePort: 50_000,
    destinationPort: 0,
    ...ends,
  }
  return { verdict: recogniser.recognise(head, facts), facts }
}
