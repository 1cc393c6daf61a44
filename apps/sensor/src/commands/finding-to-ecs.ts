import type { Finding } from '@picket/proto'
import { formatTime } from './format-time.ts'

/** A finding in the names of the Elastic Common Schema; what has none is under `picket`. */
export function findingToEcs(finding: Finding, path?: string): Record<string, unknown> {
  const { kind, entity, target, techniqueId, communityIds } = finding
  return {
    event: {
      id: finding.id,
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      start: formatTime(finding.startUs),
      end: formatTime(finding.timeUs),
    },
    rule: { name: kind },
    message: finding.summary,
    ...(communityIds.length > 0 && { network: { community_id: communityIds } }),
    ...(techniqueId !== '' && { threat: { framework: 'MITRE ATT&CK', technique: { id: [techniqueId] } } }),
    ...(path !== undefined && { log: { file: { path } } }),
    picket: {
      kind,
      entity,
      ...(target !== '' && { target }),
      score: finding.score,
      interface: finding.interface,
      evidence: finding.evidence,
    },
  }
}
