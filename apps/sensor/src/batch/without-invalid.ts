import { CoverageGap, Finding, HealthSample, HostSample, Interface, InterfaceSample, type Records } from '@picket/proto'

interface Codec<T> {
  encode(message: T): unknown
}

/**
 * The records beside flows that can be encoded, and a coverage gap for what cannot (a number out of its field's range), `flows` of
 * them among it, so that one bad record does not cost the batch.
 */
export function withoutInvalid(records: Records, flows: number, nowUs: number): Records {
  const gap = CoverageGap.create({ source: 'spool', cause: 'invalid', startUs: nowUs, endUs: nowUs, flows })
  return {
    flows: [],
    interfaceSamples: encodable(InterfaceSample, records.interfaceSamples),
    hostSamples: encodable(HostSample, records.hostSamples),
    healthSamples: encodable(HealthSample, records.healthSamples),
    findings: encodable(Finding, records.findings),
    coverageGaps: [...encodable(CoverageGap, records.coverageGaps), gap],
    interfaces: encodable(Interface, records.interfaces),
  }
}

function encodable<T>(codec: Codec<T>, messages: readonly T[]): T[] {
  return messages.filter((message) => {
    try {
      codec.encode(message)
      return true
    } catch {
      return false
    }
  })
}
