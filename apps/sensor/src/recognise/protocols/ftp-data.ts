import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

/** The data channel that an FTP conversation announced: whatever it carries. Asked for announced endpoints only. */
export const ftpData: Recogniser = {
  name: 'ftp-data',
  transport: 'tcp',
  confidence: 0.95,
  recognise({ isTcp }: Head, facts: FlowFacts): Verdict {
    facts.isComplete = true
    return isTcp ? Verdict.YES : Verdict.NO
  },
}
