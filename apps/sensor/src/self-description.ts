import { FEATURE_SET_HASH } from '@picket/ml/features'
import type { Heartbeat, Hello, ModelSupport } from '@picket/proto'
import type { RunConfig } from './config.ts'
import type { Identity } from './enrol/identity.ts'
import { operatingSystemName, platformName, sensorVersion } from './host/platform.ts'
import type { Observation } from './observation.ts'
import type { Telemetry } from './telemetry.ts'
import type { UplinkState } from './uplink/uplink.ts'

export interface SelfDescriptionOptions {
  readonly config: RunConfig
  readonly identity: Identity
  readonly telemetry: Telemetry
  readonly nowUs: () => number
  /** Receives state lines; the ready line among them. */
  readonly emit: (line: Record<string, unknown>) => void
  readonly activeModels: () => Readonly<Record<string, string>>
  readonly modelSupport: () => ModelSupport[]
}

/** What the sensor says about itself: to the collector in hello and heartbeat, to its starter in state lines. */
export class SelfDescription {
  readonly #options: SelfDescriptionOptions
  readonly #interfaces = new Set<string>()
  readonly #osName = operatingSystemName()
  readonly #startedUs: number
  #isConnected = false
  #isObserving = false
  #isReady = false

  constructor(options: SelfDescriptionOptions) {
    this.#options = options
    this.#startedUs = options.nowUs()
  }

  /** Counts what the wire side hands on. */
  observe({ interfaces, flows, packetsRead }: Observation): void {
    for (const { name, source } of interfaces) if (source !== '') this.#interfaces.add(name)
    this.#options.telemetry.add('flowsMetered', flows.length)
    this.#options.telemetry.add('packetsRead', packetsRead)
    this.#isObserving = true
    this.#announceReady()
  }

  onUplinkState(state: UplinkState): void {
    this.#isConnected = state.state === 'connected'
    this.#options.emit({ ...state })
    this.#announceReady()
  }

  hello(epoch: number): Hello {
    const { config, identity, nowUs, activeModels } = this.#options
    return {
      sensorId: identity.sensorId,
      version: sensorVersion,
      hostname: config.name,
      platform: platformName,
      epoch,
      timeUs: nowUs(),
      featureSetHash: FEATURE_SET_HASH,
      activeModels: { ...activeModels() },
      interfaceNames: [...this.#interfaces],
      labels: config.labels,
      osName: this.#osName,
    }
  }

  heartbeat(): Heartbeat {
    const { telemetry, nowUs, modelSupport } = this.#options
    return {
      timeUs: nowUs(),
      flowsMetered: telemetry.get('flowsMetered'),
      packetsRead: telemetry.get('packetsRead'),
      spoolBatches: telemetry.get('spoolBatches'),
      spoolBytes: telemetry.get('spoolBytes'),
      flowsDiscarded: telemetry.get('flowsDiscarded'),
      processStartedUs: this.#startedUs,
      modelSupport: modelSupport(),
    }
  }

  /** Once: enrolled, stream open, capturing. */
  #announceReady(): void {
    if (this.#isReady || !this.#isConnected || !this.#isObserving) return
    this.#isReady = true
    this.#options.emit({ ready: true, sensorId: this.#options.identity.sensorId, interfaces: [...this.#interfaces] })
  }
}
