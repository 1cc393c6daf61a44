import { hasAnyText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { firstOf, type Head, type Recogniser, Verdict } from '../recogniser.ts'

/** A protocol over TCP whose first octets are one of some texts, of either side. That is all there is to know. */
export function banner(name: string, texts: readonly string[], ports: readonly number[] = []): Recogniser {
  return {
    name,
    transport: 'tcp',
    ports,
    firstOctets: firstOf(texts),
    recognise({ bytes, start, end }: Head, facts: FlowFacts): Verdict {
      if (!hasAnyText(bytes, start, end, texts)) return Verdict.NO
      facts.isComplete = true
      return Verdict.YES
    },
  }
}
