import { Records } from '@picket/proto'
import { describe, expect, test } from 'vitest'
import { BurstRule } from './burst-rule.ts'
import { FindingRule } from './finding-rule.ts'
import { toFleetTime } from './rule.ts'
import { SaturationRule } from './saturation-rule.ts'
import { isInside, severityOfFinding } from './severity.ts'

const SECOND_US = 1_000_000
const START_US = 1_795_384_000_000_000
const THRESHOLDS = { saturationShare: 0.9 }

const sensor = (sensorId = 's1', clockOffsetUs = 0) => ({ sensorId, hostname: `host-${sensorId}`, clockOffsetUs })

describe('severity', () => {
  test('a scan from one of our own addresses is high, from outside low', () => {
    expect(severityOfFinding('port-scan', '10.1.2.3', 0.5)).toBe('high')
    expect(severityOfFinding('host-sweep', 'fd00::5', 0.5)).toBe('high')
    expect(severityOfFinding('port-scan', '203.0.113.9', 1)).toBe('low')
    expect(severityOfFinding('syn-flood', '203.0.113.9', 0.95)).toBe('critical')
    expect(severityOfFinding('anomalous-burst', '10.1.2.3', 0.5)).toBe('medium')
  })

  test('inside are private, shared, link-local and loopback addresses alone', () => {
    const inside = ['192.168.1.1', '172.31.0.1', '100.64.0.1', '169.254.1.1', '::1', 'fe80::1']
    expect(inside.filter((address) => !isInside(address))).toEqual([])
    expect(['172.32.0.1', '8.8.8.8', '2001:db8::1', 'web-01'].filter(isInside)).toEqual([])
  })
})

describe('findings', () => {
  const finding = { id: 'f1', kind: 'port-scan', entity: '10.0.0.5', target: '10.0.0.9', score: 0.8 }

  test('become evidence with a title a person understands', () => {
    const records = Records.fromPartial({
      findings: [{ ...finding, timeUs: START_US, startUs: START_US - SECOND_US, interface: 'eth0' }],
    })
    const [evidence] = new FindingRule().observe(sensor(), records)
    expect(evidence).toMatchObject({
      rule: 'port-scan',
      entity: '10.0.0.5',
      severity: 'high',
      title: '10.0.0.5 scans the ports of 10.0.0.9',
      sensorId: 's1',
      findingId: 'f1',
      lastSeen: START_US / 1_000,
    })
  })

  test('of unknown kinds or without an entity are left to the store', () => {
    const records = Records.fromPartial({
      findings: [
        { ...finding, kind: 'beacon' },
        { ...finding, entity: '' },
      ],
    })
    expect(new FindingRule().observe(sensor(), records)).toEqual([])
  })

  test('of a host whose clock is an hour ahead stand at the time it is', () => {
    const hour = 3_600 * SECOND_US
    expect(toFleetTime(START_US + hour, sensor('s1', hour))).toBe(START_US / 1_000)
    expect(toFleetTime(START_US + 5, sensor('s1', 5 * SECOND_US))).toBe(START_US / 1_000)
  })
})

describe('saturation', () => {
  const SPEED_BPS = 1_000_000_000
  const sample = (second: number, share: number, changes = {}) => ({
    interface: 'eth0',
    timeUs: START_US + second * SECOND_US,
    spanUs: SECOND_US,
    receivedOctets: Math.round((SPEED_BPS / 8) * share),
    speedBps: SPEED_BPS,
    ...changes,
  })
  const observe = (rule: SaturationRule, samples: object[]) =>
    rule.observe(sensor(), Records.fromPartial({ interfaceSamples: samples }), THRESHOLDS)
  const seconds = (count: number, share: number, changes = {}) =>
    Array.from({ length: count }, (_, second) => sample(second, share, changes))

  test('a minute over the share is one piece of evidence, less than a minute is none', () => {
    const rule = new SaturationRule()
    expect(observe(rule, seconds(59, 0.95))).toEqual([])
    const [evidence] = observe(rule, [sample(59, 0.95)])
    expect(evidence).toMatchObject({ rule: 'interface-saturated', entity: 'host-s1 eth0', severity: 'medium' })
    expect(evidence.title).toBe('eth0 of host-s1 is full: receiving at 95 % of its link speed')
  })

  test('both directions half full are not a full link, lost packets make it worse', () => {
    expect(observe(new SaturationRule(), seconds(120, 0.5, { sentOctets: (SPEED_BPS / 8) * 0.5 }))).toEqual([])
    const [evidence] = observe(new SaturationRule(), seconds(60, 0.99, { captureDrops: 1 }))
    expect(evidence.severity).toBe('high')
  })

  test('an interface without a known speed, or with a hole in its samples, is not judged', () => {
    expect(observe(new SaturationRule(), seconds(120, 0.99, { speedBps: undefined }))).toEqual([])
    const rule = new SaturationRule()
    observe(rule, seconds(40, 0.99))
    expect(
      observe(
        rule,
        [...Array(40)].map((_, index) => sample(100 + index, 0.99)),
      ),
    ).toEqual([])
  })
})

describe('bursts', () => {
  /** A flow as a sensor tells it whose interface has the threshold 0.99. */
  const flow = (index: number, anomaly: number, source = 5) => ({
    interface: 'eth0',
    startUs: START_US,
    endUs: START_US + index * 1_000,
    sourceAddress: Uint8Array.of(10, 0, 0, source),
    communityId: `1:${source}-${index}`,
    anomaly,
    anomalyThreshold: anomaly >= 0.99 ? 0.99 : undefined,
  })
  const observe = (rule: BurstRule, flows: object[], sensorId = 's1') =>
    rule.observe(sensor(sensorId), Records.fromPartial({ flows }))
  const many = (count: number, anomaly: number, from = 0) =>
    Array.from({ length: count }, (_, index) => flow(from + index, anomaly))

  test('twenty distinct anomalous flows of one source in a minute, seen by two sensors, name both', () => {
    const rule = new BurstRule()
    expect(observe(rule, many(12, 0.999))).toEqual([])
    const evidence = observe(rule, many(12, 0.999, 100), 's2')
    expect(evidence.map(({ sensorId }) => sensorId)).toEqual(['s1', 's2'])
    expect(evidence[0]).toMatchObject({ rule: 'anomalous-burst', entity: '10.0.0.5', severity: 'high' })
  })

  test('the same conversations seen by two sensors count once', () => {
    const rule = new BurstRule()
    observe(rule, many(12, 0.999))
    expect(observe(rule, many(12, 0.999), 's2')).toEqual([])
  })

  test('a scan is left to its finding', () => {
    const scan = many(100, 0.9999).map((probe) => ({ ...probe, class: 'scan' }))
    expect(observe(new BurstRule(), scan)).toEqual([])
  })

  test('what counts is the threshold of the interface, as the sensor solved it', () => {
    const raised = many(100, 0.995).map((each) => ({ ...each, anomalyThreshold: undefined }))
    expect(observe(new BurstRule(), raised)).toEqual([])
    const lowered = many(30, 0.9).map((each) => ({ ...each, anomalyThreshold: 0.85 }))
    expect(observe(new BurstRule(), lowered)).toHaveLength(1)
    expect(observe(new BurstRule(), [...many(40, 0.5, 100), ...lowered])).toEqual([])
  })

  test('a network that is unusual as a whole while nothing is known of it opens no alert', () => {
    const unsettled = many(500, 0.9999).map((each) => ({ ...each, anomalyThreshold: undefined }))
    expect(observe(new BurstRule(), unsettled)).toEqual([])
  })

  test('a busy source with the expected share of anomalous flows is no burst', () => {
    expect(observe(new BurstRule(), [...many(1_000, 0.5), ...many(30, 0.995, 2_000)])).toEqual([])
  })
})
