/** Settings of the fleet, one row, versioned. Checked by `settingsSchema`. */
export interface Settings {
  /** Days rows are kept, by kind. */
  retentionDays: {
    flows: number
    interfaceSamples: number
    hostSamples: number
    healthSamples: number
    findings: number
    coverageGaps: number
    /** One-minute aggregates. */
    minutes: number
    /** One-hour aggregates. */
    hours: number
  }
  /** Distinct ports or hosts in a minute from which a source counts as scanning. */
  scanThreshold: number
  /** Anomaly score from which a flow counts as anomalous, 0 to 1. */
  anomalyThreshold: number
  /** Anomalous flows that each sensor should tell about a day: it solves for its thresholds. 0: anomalyThreshold holds. */
  anomaliesADay: number
  /** Share of link speed from which an interface counts as saturated, 0 to 1. */
  saturationShare: number
  /** Seconds without a sign of life after which a host counts as silent. */
  silentAfterSeconds: number
  idleTimeoutMs: number
  activeTimeoutMs: number
  /** Targets of link health besides gateway and resolver: an address or host:port. */
  healthTargets: string[]
  /** Interfaces not to capture. */
  excludedInterfaces: string[]
}

/** Settings with the revision sensors compare; it rises with every change. */
export interface SettingsRow extends Settings {
  revision: number
  updatedAt: number
  updatedBy: string
}

/** What to change; nested objects are merged. */
export type SettingsPatch = Partial<Omit<Settings, 'retentionDays'>> & {
  retentionDays?: Partial<Settings['retentionDays']>
}
