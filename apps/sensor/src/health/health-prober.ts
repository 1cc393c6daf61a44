import type { HealthSample } from '@picket/proto'
import type { Stage } from '../observation.ts'
import type { Telemetry } from '../telemetry.ts'
import { probeIcmp, probeTcp, type ProbeOptions, type ProbeResult } from './probe.ts'
import { discoverTargets, parseConfiguredTarget, targetName, type HealthTarget } from './targets.ts'

export interface HealthProberOptions {
  readonly onSamples: (samples: HealthSample[]) => void
  readonly nowUs: () => number
  readonly telemetry: Telemetry
  readonly intervalMs?: number
  /** Local port for a probe to that host and port, so that capture can leave the probe out. */
  readonly localPort?: (host: string, targetPort: number) => number
  readonly discover?: () => Promise<HealthTarget[]>
}

const probesPerRound = 3
const probeTimeoutMs = 1000
/** Targets probed at the same time. */
const concurrency = 4
/** Configured targets beyond this are left out: with 3 probes each a round stays under 60 packets. */
const maxConfigured = 16
/** Where a target without a port is tried by TCP when ICMP is not possible. */
const fallbackPort = { gateway: 443, resolver: 53, configured: 443 }

/** Probes gateway, resolver and configured targets in rounds; a round that still runs is not doubled. */
export class HealthProber implements Stage {
  readonly #options: HealthProberOptions & { intervalMs: number; discover: () => Promise<HealthTarget[]> }
  readonly #stopping = new AbortController()
  #configured: HealthTarget[] = []
  #isIcmpPossible = true
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(options: HealthProberOptions) {
    this.#options = { intervalMs: 10_000, discover: discoverTargets, ...options }
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => this.#tick(), this.#options.intervalMs)
    this.#tick()
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#stopping.abort()
    await this.#round
  }

  /** Replaces the configured targets from the next round on; what cannot be a target is left out. */
  setTargets(texts: readonly string[]): void {
    const unique = [...new Set(texts)]
    this.#configured = unique
      .map(parseConfiguredTarget)
      .filter((target) => target !== undefined)
      .slice(0, maxConfigured)
  }

  #tick(): void {
    if (this.#round) return this.#options.telemetry.add('healthSkipped')
    this.#round = this.runRound().finally(() => (this.#round = undefined))
  }

  /** One round over all targets; samples are handed on together. */
  async runRound(): Promise<void> {
    const queue = [...(await this.#options.discover()), ...this.#configured]
    const samples: HealthSample[] = []
    const worker = async () => {
      for (let target = queue.shift(); target && !this.#stopping.signal.aborted; target = queue.shift()) {
        samples.push(this.#toSample(target, await this.#probe(target)))
      }
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
    if (this.#stopping.signal.aborted) return
    this.#options.telemetry.add('healthRounds')
    if (samples.length > 0) this.#options.onSamples(samples)
  }

  async #probe(target: HealthTarget): Promise<ProbeResult> {
    const options: ProbeOptions = {
      count: probesPerRound,
      timeoutMs: probeTimeoutMs,
      signal: this.#stopping.signal,
      localPort: this.#options.localPort,
    }
    if (target.port !== undefined) return probeTcp(target.host, target.port, options)
    const echoed = this.#isIcmpPossible ? await probeIcmp(target.host, options) : undefined
    if (!echoed) this.#isIcmpPossible = false
    if (echoed && (echoed.received > 0 || target.role === 'configured')) return echoed
    // Many gateways and resolvers drop echo requests and yet do their work: their ports tell.
    const connected = await probeTcp(target.host, fallbackPort[target.role], options)
    return echoed && connected.received === 0 ? echoed : connected
  }

  #toSample(target: HealthTarget, result: ProbeResult): HealthSample {
    const { rttsUs } = result
    return {
      timeUs: this.#options.nowUs(),
      interface: target.interface,
      role: target.role,
      target: targetName(target),
      method: result.method,
      sent: result.sent,
      received: result.received,
      rttMinUs: rttsUs?.min,
      rttMeanUs: rttsUs?.mean,
      rttMaxUs: rttsUs?.max,
    }
  }
}
