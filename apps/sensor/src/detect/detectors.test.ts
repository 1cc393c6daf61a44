import type { Flow } from '@picket/proto'
import { describe, expect, test } from 'vitest'
import { flowOf, type FlowFields } from '../../test/flows.ts'
import { Detectors } from './detectors.ts'

const options = { scanThreshold: 25, anomalyThreshold: 0.99 }

function many(count: number, fields: (i: number) => FlowFields): Flow[] {
  return Array.from({ length: count }, (_, i) => flowOf(fields(i)))
}

function kindsOf(flows: Flow[]): string[] {
  return new Detectors(options).observe(flows).map(({ kind }) => kind)
}

describe('port-scan', () => {
  test('many ports of one host, refused, ignored or opened and dropped', () => {
    const outcomes = ['refused', 'ignored', 'open'] as const
    const flows = many(60, (i) => ({ port: 1 + i, outcome: outcomes[i % 3], atSeconds: i / 10 }))
    const [finding, ...others] = new Detectors(options).observe(flows)
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      kind: 'port-scan',
      entity: '192.0.2.1',
      target: '192.0.2.2',
      techniqueId: 'T1046',
      interface: 'test0',
      startUs: flows[0].startUs,
      timeUs: flows[59].endUs,
    })
    expect(finding.evidence).toMatchObject({ distinct_ports: 60, probes: 60, open_answers: 20 })
    expect(finding.communityIds).toHaveLength(20)
    expect(finding.score).toBeGreaterThan(0.5)
    expect(finding.summary).toContain('60 ports of 192.0.2.2')
  })

  test('one finding an entity and window, however the flows are cut into batches', () => {
    const detectors = new Detectors(options)
    const flows = many(200, (i) => ({ port: 1 + i }))
    const findings = flows.flatMap((flow) => detectors.observe([flow]))
    expect(findings).toHaveLength(1)
    const later = detectors.observe(many(200, (i) => ({ port: 1 + i, atSeconds: 3600 })))
    expect(later).toHaveLength(1)
    expect(later[0].id).not.toBe(findings[0].id)
  })

  test('UDP ports without answer count; a traceroute does not', () => {
    const probe = (i: number): FlowFields => ({ port: 33_434 + i, protocol: 17, outcome: 'ignored' })
    expect(kindsOf(many(40, probe))).toEqual(['port-scan'])
    expect(kindsOf(many(40, (i) => ({ ...probe(i), ttl: 1 + (i % 30) })))).toEqual([])
  })

  test('too few ports, and the same port again and again, are none', () => {
    expect(kindsOf(many(24, (i) => ({ port: 1 + i })))).toEqual([])
    expect(kindsOf(many(200, (i) => ({ sourcePort: 1024 + i, outcome: 'refused', atSeconds: i })))).toEqual([])
  })
})

describe('host-sweep', () => {
  test('one port on many hosts', () => {
    const findings = new Detectors(options).observe(
      many(40, (i) => ({ to: `198.51.100.${1 + i}`, port: 22, outcome: 'ignored' })),
    )
    expect(findings).toMatchObject([{ kind: 'host-sweep', entity: '192.0.2.1', techniqueId: 'T1018' }])
    expect(findings[0].evidence).toMatchObject({ distinct_hosts: 40, answers: 0 })
    expect(findings[0].summary).toContain('tcp/22')
  })

  test('a ping sweep', () => {
    const ping = { protocol: 1, sourcePort: 8, port: 0, outcome: 'ignored' } as const
    expect(kindsOf(many(40, (i) => ({ ...ping, to: `198.51.100.${1 + i}` })))).toEqual(['host-sweep'])
  })

  test('a browser with many connections is none, served or not', () => {
    const cdn = (i: number): FlowFields => ({ to: `198.51.100.${1 + i}`, port: 443, hostName: `cdn${i}.example` })
    expect(kindsOf(many(60, (i) => ({ ...cdn(i), outcome: 'served' })))).toEqual([])
    expect(kindsOf(many(60, (i) => ({ ...cdn(i), outcome: 'ignored' })))).toEqual([])
  })

  test('multicast and broadcast are none', () => {
    expect(kindsOf(many(60, (i) => ({ to: `239.1.1.${i}`, protocol: 17, outcome: 'ignored' })))).toEqual([])
  })
})

describe('syn-flood', () => {
  const attack = (i: number): FlowFields => ({
    from: `203.0.113.${i % 250}`,
    sourcePort: 1024 + i,
    outcome: 'ignored',
    atSeconds: i / 1000,
  })

  test('handshakes that nobody finishes; the entity is the victim', () => {
    const [finding, ...others] = new Detectors(options).observe(many(1000, attack))
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      kind: 'syn-flood',
      entity: '192.0.2.2',
      target: '192.0.2.2 port 80',
      techniqueId: 'T1499',
    })
    expect(finding.evidence).toMatchObject({ half_open: 1000, distinct_sources: 250 })
  })

  test('a busy service that loses some is none', () => {
    const served = many(1000, (i) => ({ ...attack(i), outcome: 'served' }))
    expect(kindsOf([...served, ...many(400, attack)])).toEqual([])
  })
})

describe('anomalous-burst', () => {
  test('far more anomalous flows of one host than a quantile lets expect', () => {
    const flows = many(100, (i) => ({ outcome: 'served', anomaly: i < 40 ? 0.995 : 0.3, sourcePort: 1024 + i }))
    const findings = new Detectors(options).observe(flows)
    expect(findings).toMatchObject([{ kind: 'anomalous-burst', entity: '192.0.2.1', techniqueId: '' }])
    expect(findings[0].evidence).toMatchObject({ anomalous_flows: 40, flows: 100 })
  })

  test('the usual share is none, however many flows', () => {
    const flows = many(3000, (i) => ({ outcome: 'served', anomaly: i % 100 === 0 ? 0.995 : 0.3, sourcePort: 1024 + i }))
    expect(kindsOf(flows)).toEqual([])
  })

  test('flows that were not scored are none', () => {
    expect(kindsOf(many(100, () => ({ outcome: 'served' })))).toEqual([])
  })
})
