import { applicationOf, isApplication } from './ndpi-applications.ts'
import { namesOf } from './ndpi-names.ts'
import type { NdpiLabel } from './ndpi-labels.ts'
import type { Conversation } from './metered-conversations.ts'

export interface Disagreement {
  label: NdpiLabel
  /** What the sensor says; empty where it says nothing. */
  found: string
}

interface Count {
  flows: number
  right: number
  captures: Set<string>
  found: Map<string, number>
}

/** Counts where the sensor and nDPI agree on the protocol, for protocols that both know, and where they do not. */
export class NdpiComparison {
  /** Flows the sensor's table does not hold at all, such as those in layers it does not decode. */
  absent = 0
  /** Flows of protocols the sensor has no recogniser for, and those of them it calls something else. */
  unmapped = 0
  readonly unmappedFound = new Map<string, number>()
  /** Flows whose application both have a name for, and those the sensor gives that name. */
  applications = 0
  applicationsRight = 0
  /** "nDPI's name, ours, host name" of the others. */
  readonly applicationMisses = new Map<string, number>()
  readonly disagreements: Disagreement[] = []
  readonly #byProtocol = new Map<string, Count>()
  readonly #byCapture = new Map<string, { flows: number; right: number }>()

  add(label: NdpiLabel, conversation: Conversation | undefined): void {
    this.#addApplication(label, conversation)
    const names = namesOf(label)
    if (!conversation) this.absent++
    const found = conversation?.protocol ?? ''
    if (!names) {
      this.unmapped++
      if (found)
        this.unmappedFound.set(
          `${label.master} ${found}`,
          (this.unmappedFound.get(`${label.master} ${found}`) ?? 0) + 1,
        )
      return
    }
    const isRight = names.includes(found)
    const count = this.#countOf(label.master)
    const capture = this.#byCapture.get(label.capture) ?? { flows: 0, right: 0 }
    this.#byCapture.set(label.capture, capture)
    for (const counted of [count, capture]) {
      counted.flows++
      if (isRight) counted.right++
    }
    count.captures.add(label.capture)
    if (!isRight) {
      count.found.set(found, (count.found.get(found) ?? 0) + 1)
      this.disagreements.push({ label, found })
    }
  }

  #addApplication(label: NdpiLabel, conversation: Conversation | undefined): void {
    const expected = applicationOf(label.app)
    // A question about a name is no conversation with it.
    if (!conversation || label.app === label.master || !expected || /DNS/.test(label.master)) return
    this.applications++
    if (isApplication(expected, conversation.application)) this.applicationsRight++
    else {
      const miss = `${label.app}, ${conversation.application || '-'}, ${conversation.hostName || '-'}`
      this.applicationMisses.set(miss, (this.applicationMisses.get(miss) ?? 0) + 1)
    }
  }

  /** Shares of 1. A capture's share is that of its flows; `capturesWhole` are those where every flow agrees. */
  summary(): Record<string, number> {
    const counts = [...this.#byProtocol.values()]
    const captures = [...this.#byCapture.values()]
    const flows = sum(counts.map((count) => count.flows))
    const right = sum(counts.map((count) => count.right))
    return {
      protocols: counts.length,
      flows,
      flows_right: right,
      flow_accuracy: share(right, flows),
      captures: captures.length,
      capture_accuracy: share(sum(captures.map((capture) => capture.right / capture.flows)), captures.length),
      captures_whole: captures.filter((capture) => capture.right === capture.flows).length,
      wrong: this.disagreements.filter(({ found }) => found !== '').length,
      applications: this.applications,
      application_accuracy: share(this.applicationsRight, this.applications),
      flows_not_in_table: this.absent,
      flows_of_other_protocols: this.unmapped,
      of_those_named: sum([...this.unmappedFound.values()]),
    }
  }

  /** One row a protocol, most flows first, with what the sensor said instead (`-` is nothing). */
  table(): { protocol: string; flows: number; captures: number; accuracy: number; instead: Record<string, number> }[] {
    return [...this.#byProtocol]
      .sort((a, b) => b[1].flows - a[1].flows)
      .map(([protocol, { flows, right, captures, found }]) => ({
        protocol,
        flows,
        captures: captures.size,
        accuracy: share(right, flows),
        instead: Object.fromEntries([...found].map(([name, count]) => [name || '-', count])),
      }))
  }

  #countOf(protocol: string): Count {
    const count = this.#byProtocol.get(protocol) ?? { flows: 0, right: 0, captures: new Set(), found: new Map() }
    this.#byProtocol.set(protocol, count)
    return count
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 10_000
}
