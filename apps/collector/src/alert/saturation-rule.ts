import type { InterfaceSample, Records } from '@picket/proto'
import type { AlertEvidence } from '@picket/store'
import { toFleetTime, type AlertRule, type RuleSource, type RuleThresholds } from './rule.ts'
import { severityOfSaturation } from './severity.ts'

const WINDOW_US = 60_000_000
/** Interfaces followed at once; when full, the one heard of longest ago is forgotten. */
const MAX_INTERFACES = 20_000

/** What an interface carried in the window that is being filled. */
interface Window {
  startUs: number
  coveredUs: number
  receivedOctets: number
  sentOctets: number
  drops: number
  lastUs: number
}

/**
 * An interface is saturated when one direction uses at least the set share of its link speed over a whole minute.
 * Each direction counts by itself: links are full duplex. Interfaces without a known speed are left out.
 */
export class SaturationRule implements AlertRule {
  readonly #windows = new Map<string, Window>()

  observe(source: RuleSource, records: Records, thresholds: RuleThresholds): AlertEvidence[] {
    return records.interfaceSamples.flatMap((sample) => this.#sample(source, sample, thresholds.saturationShare))
  }

  #sample(source: RuleSource, sample: InterfaceSample, saturationShare: number): AlertEvidence[] {
    const { speedBps } = sample
    if (speedBps === undefined || speedBps === 0 || sample.spanUs === 0) return []
    const window = this.#windowOf(`${source.sensorId}/${sample.interface}`, sample)
    window.coveredUs += sample.spanUs
    window.receivedOctets += sample.receivedOctets
    window.sentOctets += sample.sentOctets
    window.drops += sample.receivedDrops + sample.sentDrops + sample.captureDrops
    window.lastUs = sample.timeUs
    if (window.coveredUs < WINDOW_US) return []
    const evidence = evaluate(source, sample, window, speedBps)
    const isSaturated = evidence.score >= saturationShare
    this.#windows.delete(`${source.sensorId}/${sample.interface}`)
    return isSaturated ? [evidence] : []
  }

  /** The window this sample belongs to; a new one after a hole of more than half a window, or time running backwards. */
  #windowOf(key: string, sample: InterfaceSample): Window {
    const known = this.#windows.get(key)
    this.#windows.delete(key)
    const gapUs = known ? sample.timeUs - sample.spanUs - known.lastUs : 0
    const continues = known !== undefined && gapUs > -sample.spanUs && gapUs < WINDOW_US / 2
    const window = continues ? known : emptyWindow(sample.timeUs - sample.spanUs)
    this.#windows.set(key, window)
    if (this.#windows.size > MAX_INTERFACES) this.#windows.delete(this.#windows.keys().next().value!)
    return window
  }
}

function emptyWindow(startUs: number): Window {
  return { startUs, coveredUs: 0, receivedOctets: 0, sentOctets: 0, drops: 0, lastUs: startUs }
}

function evaluate(source: RuleSource, sample: InterfaceSample, window: Window, speedBps: number): AlertEvidence {
  const share = (octets: number) => (octets * 8) / (window.coveredUs / 1e6) / speedBps
  const received = share(window.receivedOctets)
  const sent = share(window.sentOctets)
  const direction = received >= sent ? 'receiving' : 'sending'
  const busy = Math.max(received, sent)
  const percent = Math.min(100, Math.round(busy * 100))
  return {
    rule: 'interface-saturated',
    entity: `${source.hostname} ${sample.interface}`,
    severity: severityOfSaturation(window.drops),
    title: `${sample.interface} of ${source.hostname} is full: ${direction} at ${percent} % of its link speed`,
    sensorId: source.sensorId,
    interface: sample.interface,
    score: Math.min(1, busy),
    firstSeen: toFleetTime(window.startUs, source),
    lastSeen: toFleetTime(window.lastUs, source),
    evidence: { receivedShare: received, sentShare: sent, speedBps, drops: window.drops },
  }
}
