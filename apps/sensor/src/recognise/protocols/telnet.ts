import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'

const INTERPRET = 0xff
const SUBNEGOTIATION = 0xfa
const WILL = 0xfb
const DONT = 0xfe
const LAST_OPTION = 49

/** Telnet (RFC 854): opens with commands IAC WILL, WONT, DO, DONT (FB to FE) and an option; two at least on other ports. */
export const telnet: Recogniser = {
  name: 'telnet',
  transport: 'tcp',
  ports: [23],
  firstOctets: [INTERPRET],
  recognise({ bytes, start, end, destinationPort }: Head, facts: FlowFacts): Verdict {
    let count = 0
    let at = start
    for (; at + 3 <= end && bytes[at] === INTERPRET; at += 3) {
      if (bytes[at + 1] === SUBNEGOTIATION && count > 0) break
      if (bytes[at + 1] < WILL || bytes[at + 1] > DONT || bytes[at + 2] > LAST_OPTION) return Verdict.NO
      count++
    }
    if (count < (destinationPort === 23 ? 1 : 2)) return Verdict.NO
    facts.isComplete = true
    return Verdict.YES
  },
}
