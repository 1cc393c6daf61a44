import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

type Description = Pick<Recogniser, 'name' | 'ports' | 'onlyOnPorts' | 'firstOctets' | 'confidence'>

/** A protocol that one message proves; nothing more is wanted of the flow. Over UDP unless said otherwise. */
export function message(
  description: Description & { transport?: Recogniser['transport'] },
  test: (head: Head, facts: FlowFacts) => boolean,
): Recogniser {
  return {
    transport: 'udp',
    ...description,
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (!test(head, facts)) return Verdict.NO
      facts.isComplete = true
      return Verdict.YES
    },
  }
}
