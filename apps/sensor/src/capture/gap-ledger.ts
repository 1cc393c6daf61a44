import type { CoverageGap } from '@picket/proto'

/** Where something was lost, by cause. */
const SOURCES = {
  'kernel-drop': 'capture',
  'capture-drop': 'capture',
  'ring-freeze': 'capture',
  snapped: 'capture',
  'before-capture': 'capture',
  'reader-ended': 'capture',
  truncated: 'decode',
  malformed: 'decode',
  'unsupported-link-type': 'decode',
  'table-full': 'flow-table',
  'fragments-hostile': 'decode',
  'fragments-full': 'decode',
  'fragments-missing': 'decode',
  'heads-full': 'recognise',
  'messages-full': 'recognise',
  'expectations-full': 'recognise',
  'over-budget': 'budget',
} as const
export type GapCause = keyof typeof SOURCES

/** Counts what was not seen or not kept, one span a cause, until it is taken. */
export class GapLedger {
  readonly #interfaceName: string
  readonly #open = new Map<GapCause, CoverageGap>()

  constructor(interfaceName: string) {
    this.#interfaceName = interfaceName
  }

  addPacket(cause: GapCause, timeUs: number, octets: number): void {
    const gap = this.#gap(cause, timeUs)
    gap.packets++
    gap.octets += octets
  }

  /** Packets that were lost some time in a span. */
  addPackets(cause: GapCause, span: { startUs: number; endUs: number }, packets: number): void {
    if (packets <= 0) return
    this.#gap(cause, span.startUs).packets += packets
    this.#gap(cause, span.endUs)
  }

  /** Something that lost no packet, so many times in a span, and the octets that were not looked at. */
  addTimes(cause: GapCause, span: { startUs: number; endUs: number }, lost: { times: number; octets?: number }): void {
    if (lost.times <= 0) return
    const gap = this.#gap(cause, span.startUs)
    gap.times = (gap.times ?? 0) + lost.times
    gap.octets += lost.octets ?? 0
    this.#gap(cause, span.endUs)
  }

  /** What a thread counted of the same interface. */
  merge({ cause, startUs, endUs, packets, flows, octets, times = 0 }: CoverageGap): void {
    const gap = this.#gap(cause as GapCause, startUs)
    gap.packets += packets
    gap.flows += flows
    gap.octets += octets
    if (times > 0) gap.times = (gap.times ?? 0) + times
    this.#gap(cause as GapCause, endUs)
  }

  addFlows(cause: GapCause, timeUs: number, flows: number): void {
    if (flows > 0) this.#gap(cause, timeUs).flows += flows
  }

  take(): CoverageGap[] {
    const gaps = [...this.#open.values()]
    this.#open.clear()
    return gaps
  }

  #gap(cause: GapCause, timeUs: number): CoverageGap {
    let gap = this.#open.get(cause)
    if (!gap) {
      const interfaceName = this.#interfaceName
      const time = { startUs: timeUs, endUs: timeUs }
      gap = { source: SOURCES[cause], interface: interfaceName, cause, ...time, packets: 0, flows: 0, octets: 0 }
      this.#open.set(cause, gap)
    }
    if (timeUs < gap.startUs) gap.startUs = timeUs
    if (timeUs > gap.endUs) gap.endUs = timeUs
    return gap
  }
}
