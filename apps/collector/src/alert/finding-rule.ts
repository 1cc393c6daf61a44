import type { Finding, Records } from '@picket/proto'
import type { AlertEvidence } from '@picket/store'
import { toFleetTime, type AlertRule, type RuleSource } from './rule.ts'
import { severityOfFinding } from './severity.ts'

/** Findings that become alerts as they are; the finding's kind is the alert's rule. */
const KINDS = ['port-scan', 'host-sweep', 'syn-flood', 'anomalous-burst']

/** Every finding of a sensor's detector counts on the alert of its kind and entity, whichever sensor saw it. */
export class FindingRule implements AlertRule {
  observe(source: RuleSource, records: Records): AlertEvidence[] {
    return records.findings.map((finding) => toEvidence(source, finding)).filter((evidence) => evidence !== undefined)
  }
}

/** What a finding says of an alert; undefined for kinds that are only stored, and without an entity. */
export function toEvidence(source: RuleSource, finding: Finding): AlertEvidence | undefined {
  if (!KINDS.includes(finding.kind) || finding.entity === '') return undefined
  return {
    rule: finding.kind,
    entity: finding.entity,
    severity: severityOfFinding(finding.kind, finding.entity, finding.score),
    title: titleOf(finding),
    sensorId: source.sensorId,
    interface: finding.interface,
    score: finding.score,
    firstSeen: toFleetTime(finding.startUs, source),
    lastSeen: toFleetTime(finding.timeUs, source),
    evidence: { ...finding.evidence, summary: finding.summary, target: finding.target },
    communityIds: finding.communityIds,
    techniqueId: finding.techniqueId,
    findingId: finding.id,
  }
}

function titleOf({ kind, entity, target }: Finding): string {
  switch (kind) {
    case 'port-scan':
      return target === '' ? `${entity} scans ports of several hosts` : `${entity} scans the ports of ${target}`
    case 'host-sweep':
      return `${entity} sweeps the network for hosts`
    case 'syn-flood':
      return `SYN flood against ${target === '' ? entity : target}`
    default:
      return `Unusual burst of traffic from ${entity}`
  }
}
