import { ClassSource, Flow, TlsFacts } from '@picket/proto'
import { expect, test } from 'vitest'
import marks from './application-marks.json' with { type: 'json' }
import table from './host-names.json' with { type: 'json' }
import {
  HOST_NAME_SUFFIXES,
  TRAFFIC_CLASSES,
  classifyByPort,
  classifyByRules,
  classifyProbeBursts,
  lookUpHostName,
} from './index.ts'

const flow = (fields: Partial<Flow>) => Flow.fromPartial({ protocol: 6, ...fields })

test('sixteen classes with unique keys', () => {
  expect(TRAFFIC_CLASSES).toHaveLength(16)
  expect(new Set(TRAFFIC_CLASSES.map(({ key }) => key)).size).toBe(16)
})

test('the name table: a few hundred lower-case suffixes, each of one application', () => {
  expect(HOST_NAME_SUFFIXES.size).toBeGreaterThan(300)
  for (const suffix of HOST_NAME_SUFFIXES.keys()) expect(suffix).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)*$/)
})

test('the data file: classes that exist, one application a suffix, no suffix twice', () => {
  const classes: readonly string[] = TRAFFIC_CLASSES.map(({ key }) => key)
  for (const key of Object.keys(table)) expect(classes).toContain(key)
  const names = Object.values(table).flatMap((applications) => Object.values<string[]>(applications).flat())
  expect(new Set(names).size).toBe(names.length)
  const applications = Object.values(table).flatMap((ofClass) => Object.keys(ofClass))
  for (const application of applications) expect(application).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  for (const application of Object.values({ ...marks.user_agent, ...marks.certificate_name }))
    expect(applications).toContain(application)
})

test('a recognised protocol with the name of a service of its class is of that service', () => {
  const turn = flow({ protocol: 17, protocolName: 'turn', hostName: 'euaz.tr.teams.microsoft.com' })
  expect(classifyByRules(turn)).toMatchObject({ class: 'conferencing', application: 'teams' })
})

test('a user agent or a certificate tells the application where no name does', () => {
  const http = { method: 'GET', host: '192.0.2.1', statusCode: 200, later: [], requests: 1 }
  const agent = flow({ protocolName: 'http', hostName: '192.0.2.1', http: { ...http, userAgent: 'netflix-ios-app/9' } })
  expect(classifyByRules(agent)).toMatchObject({
    class: 'video',
    application: 'netflix',
    source: ClassSource.RECOGNISER,
  })
  const tls = TlsFacts.fromPartial({ certificateSubject: 'C=DE, O=philandro Software GmbH, CN=AnyNet Relay' })
  expect(classifyByRules(flow({ protocolName: 'tls', tls }))).toMatchObject({ class: 'remote-access' })
  expect(
    classifyByRules(flow({ protocolName: 'tls', tls: TlsFacts.fromPartial({ certificateSubject: 'CN=x' }) })),
  ).toBe(undefined)
})

test.each([
  ['www.youtube.com', 'video', 'youtube'],
  ['r4---sn-5hne6nzk.googlevideo.com', 'video', 'youtube'],
  ['meet.google.com', 'conferencing', 'google-meet'],
  ['www.google.com', 'web', 'google'],
  ['deb.debian.org', 'software-update', 'debian'],
  ['web.whatsapp.com', 'social', 'whatsapp'],
  ['mx2.example.org', 'mail', ''],
])('%s is %s', (name, trafficClass, application) => {
  expect(lookUpHostName(name)).toMatchObject({ class: trafficClass, application })
})

test('a suffix ends at a label boundary, and a name nobody knows stays unknown', () => {
  expect(lookUpHostName('notyoutube.com')).toBeUndefined()
  expect(lookUpHostName('example.org')).toBeUndefined()
  expect(lookUpHostName('')).toBeUndefined()
})

test('a protocol that settles the class beats a host name; tls alone does not', () => {
  expect(classifyByRules(flow({ protocolName: 'dns', hostName: 'youtube.com' }))).toMatchObject({
    class: 'name-service',
    source: ClassSource.RECOGNISER,
    application: 'dns',
  })
  expect(classifyByRules(flow({ protocolName: 'tls', hostName: 'www.youtube.com' }))).toMatchObject({
    class: 'video',
    source: ClassSource.HOST_NAME,
    application: 'youtube',
  })
  expect(classifyByRules(flow({ protocolName: 'tls', hostName: 'example.org', destinationPort: 443 }))).toBeUndefined()
  expect(classifyByRules(flow({ destinationPort: 22 }))).toBeUndefined()
})

test('IP protocols and Ethernet types without ports', () => {
  expect(classifyByRules(flow({ protocol: 58 }))).toMatchObject({ class: 'name-service', application: 'icmpv6' })
  expect(classifyByRules(flow({ protocol: 50 }))).toMatchObject({ class: 'vpn', application: 'esp' })
  expect(classifyByRules(flow({ protocol: 0, etherType: 0x0806 }))).toMatchObject({ application: 'arp' })
})

test('ports answer last and say so', () => {
  const forward = { packets: 1, tcpSyn: 1, payloadOctets: 40 } as Flow['forward']
  const reverse = { packets: 1 } as Flow['reverse']
  expect(classifyByPort(flow({ destinationPort: 22, forward, reverse }))).toMatchObject({
    class: 'remote-access',
    source: ClassSource.PORT,
    confidence: 0.4,
  })
  expect(classifyByPort(flow({ destinationPort: 22, forward }))?.confidence).toBe(0.2)
  expect(classifyByPort(flow({ protocol: 17, destinationPort: 443 }))).toMatchObject({ application: 'quic' })
  expect(classifyByPort(flow({ destinationPort: 40000, sourcePort: 443 }))?.confidence).toBe(0.3)
  expect(classifyByPort(flow({ destinationPort: 40000, protocolName: 'http' }))).toMatchObject({
    class: 'web',
    source: ClassSource.RECOGNISER,
  })
  expect(classifyByPort(flow({ destinationPort: 40000 }))).toBeUndefined()
})

const attempt = (source: number, port: number, answer?: Partial<Flow['reverse']>) =>
  flow({
    sourceAddress: Uint8Array.of(192, 0, 2, source),
    destinationAddress: Uint8Array.of(192, 0, 2, 200),
    destinationPort: port,
    forward: { packets: 1, tcpSyn: 1 } as Flow['forward'],
    reverse: answer as Flow['reverse'],
  })

test('twenty failed attempts of one source are a scan, one is not; its port says nothing', () => {
  const ports = Array.from({ length: 20 }, (_, i) => attempt(1, 20 + i, { packets: 1, tcpRst: 1, payloadOctets: 0 }))
  const refused = attempt(2, 22)
  const open = attempt(1, 443, { packets: 5, payloadOctets: 900, tcpRst: 1 })
  const bursts = classifyProbeBursts([...ports, refused, open])
  expect([...bursts.keys()]).toEqual(ports)
  expect(bursts.get(ports[0])).toMatchObject({ class: 'scan', source: ClassSource.BEHAVIOUR })
  expect(classifyByPort(refused)).toBeUndefined()
  expect(classifyProbeBursts(ports.slice(1)).size).toBe(0)
})

test('unanswered attempts of many sources towards one service are a flood', () => {
  const flood = Array.from({ length: 60 }, (_, i) => attempt(i, 81))
  expect(classifyProbeBursts(flood).size).toBe(60)
  expect(classifyProbeBursts(flood.slice(0, 49)).size).toBe(0)
})
