import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MlError } from '../../errors.ts'
import { FEATURE_NAMES } from '../../features/index.ts'
import { createRandom } from '../../training/random.ts'
import { readDataset } from '../read-dataset.ts'
import { readLines } from '../read-lines.ts'
import { FLOWS_FILE, importDataset, type ImportOptions } from './index.ts'

const CASES = join(import.meta.dirname, '../../../../../test/cases')

let dir = ''
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'picket-import-'))))
afterAll(() => rm(dir, { recursive: true }))
const inDir = (name: string) => join(dir, name)

interface Line {
  event?: { start: string }
  source?: { ip: string }
  picket: { features: (number | null)[]; label?: string; split: string }
}

let made = 0

async function bring(options: Omit<ImportOptions, 'out'>) {
  const out = inDir(`set-${made++}`)
  const description = await importDataset({ ...options, out })
  const lines: Line[] = []
  for await (const line of readLines(join(out, FLOWS_FILE))) lines.push(JSON.parse(line) as Line)
  const feature = (line: number, name: string) => lines[line].picket.features[FEATURE_NAMES.indexOf(name)]
  return { out, description, lines, feature }
}

async function file(name: string, rows: readonly string[]): Promise<string> {
  await writeFile(inDir(name), name.endsWith('.gz') ? gzipSync(rows.join('\n')) : rows.join('\n'))
  return inDir(name)
}

test('Zeek: tabs, JSON lines and a table with its names give the same flows', async () => {
  const names =
    'ts uid id.orig_h id.orig_p proto duration orig_bytes resp_bytes orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes label'
  const values = '1540469303.5 C1 192.168.1.2 5353 udp 0.114184 48 96 1 76 2 152 Benign'
  const fields = names.split(' ')
  const json = Object.fromEntries(fields.map((name, i) => [name, values.split(' ')[i]]))
  const forms = [
    await file('conn.log', [
      '#separator \\x09',
      `#fields\t${fields.join('\t')}`,
      '#types\ttime',
      values.replaceAll(' ', '\t'),
      '#close',
    ]),
    await file('conn.json.gz', [JSON.stringify(json)]),
    await file('conn.csv', [names.replaceAll(' ', ','), values.replaceAll(' ', ',')]),
  ]
  for (const each of forms) {
    const { lines, feature } = await bring({ format: 'zeek-conn', files: [each] })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      event: { start: '2018-10-25T12:08:23.500Z' },
      source: { ip: '192.168.1.2' },
      picket: { label: 'Benign' },
    })
    expect(feature(0, 'flow_duration_total_us')).toBeCloseTo(114_184, 6)
    expect(feature(0, 'reverse_volume_total_octets')).toBe(152)
    expect(feature(0, 'flow_payload_forward_ratio')).toBeCloseTo(1 / 3, 12)
    expect(feature(0, 'flow_protocol_udp_flag')).toBe(1)
    expect(feature(0, 'forward_iat_mean_us')).toBeNull()
  }
})

test('CICFlowMeter: header octets count, gaps need packets', async () => {
  const header =
    'Flow ID,Src IP,Protocol,Timestamp,Flow Duration,Total Fwd Packet,Total Bwd packets,Total Length of Fwd Packet,Total Length of Bwd Packet,Fwd Header Length,Bwd Header Length,Fwd IAT Mean,Fwd IAT Std,Fwd IAT Max,Fwd IAT Min,Fwd PSH Flags,Fwd RST Flags,Label'
  const row = 'a,10.0.0.1,6,2017-07-03 11:57:41.826651,251,2,0,64,0,40,0,249,0,249,249,1,0,BENIGN'
  const { lines, feature } = await bring({ format: 'cicflowmeter', files: [await file('cic.csv', [header, row])] })
  expect(lines[0].event?.start).toBe('2017-07-03T11:57:41.826Z')
  expect(feature(0, 'forward_volume_total_octets')).toBe(64 + 40 + 40)
  expect(feature(0, 'forward_iat_mean_us')).toBe(249)
  expect(feature(0, 'forward_iat_std_us')).toBeNull()
  expect(feature(0, 'forward_psh_share_ratio')).toBe(0.5)
  expect(feature(0, 'reverse_iat_mean_us')).toBeNull()
  expect(feature(0, 'flow_reply_present_flag')).toBe(0)
})

test('Westermo and ISCX tables', async () => {
  const westermo = await bring({
    format: 'westermo',
    files: [
      await file('w.csv', [
        'sIPs,protocol,start,duration,sPackets,rPackets,sBytesSum,rBytesSum,sBytesMax,sBytesMin,sPayloadSum,rPayloadSum,sInterPacketAvg,sSynRate,NST_M_Label',
        '198.18.134.6,IPV4-TCP,1678440732.25,0.5,56,62,6160,9996,574,52,3152,6676,0.008,0.143,BAD-SSH',
      ]),
    ],
  })
  expect(westermo.lines[0]).toMatchObject({
    picket: { label: 'BAD-SSH' },
    event: { start: '2023-03-10T09:32:12.250Z' },
  })
  expect(westermo.feature(0, 'forward_syn_total_count')).toBe(8)
  expect(westermo.feature(0, 'forward_iat_mean_us')).toBe(8000)
  const iscx = await bring({
    format: 'iscx',
    files: [
      await file('i.csv', [
        'duration,total_fiat,total_biat,min_fiat,min_biat,max_fiat,max_biat,mean_fiat,mean_biat,flowPktsPerSecond,flowBytesPerSecond,class1',
        '1000,900,800,1,2,300,400,300,200,8,4000,VPN-CHAT',
      ]),
    ],
  })
  expect(iscx.feature(0, 'forward_packets_total_count')).toBe(4)
  expect(iscx.feature(0, 'reverse_packets_total_count')).toBe(5)
  expect(iscx.feature(0, 'flow_volume_rate_octets_per_s')).toBe(4000)
  expect(iscx.feature(0, 'forward_payload_total_octets')).toBeNull()
})

test('a table of one’s own by a mapping; a wrong mapping says what is wrong', async () => {
  const table = await file('own.csv', [
    'kind,begin,out,gap,client',
    'web,1700000000,12,0.25,a',
    'mail,1700000001,,0.5,b',
  ])
  const mapping = await file('map.json', [
    JSON.stringify({
      label: 'kind',
      host: 'client',
      time: { column: 'begin', unit: 's' },
      features: { forward_packets_total_count: 'out', forward_iat_mean_us: { column: 'gap', factor: 1e6 } },
    }),
  ])
  const { feature, description } = await bring({ format: 'csv', files: [table], mapping })
  expect(feature(0, 'forward_packets_total_count')).toBe(12)
  expect(feature(0, 'forward_iat_mean_us')).toBe(250_000)
  expect(feature(1, 'forward_packets_total_count')).toBeNull()
  expect(description.mapping).toEqual({ forward_packets_total_count: 'out', forward_iat_mean_us: 'gap times 1000000' })
  expect(description.sources[0]).toMatchObject({ rows: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  const refusals: [string, RegExp][] = [
    ['{"label":"kind","features":{"port":"p"}}', /"port" is no feature/],
    ['{"features":{"forward_packets_total_count":"out"}}', /"label" must name/],
    ['{"label":"none","features":{"forward_packets_total_count":"out"}}', /no column "none"; found kind/],
    ['[', /map\.json/],
  ]
  for (const [text, message] of refusals) {
    await file('map.json', [text])
    await expect(bring({ format: 'csv', files: [table], mapping })).rejects.toThrow(message)
  }
})

test('captures: labels by flow in either direction, else by file; packet files are metered', async () => {
  const labels = await file('labels.csv', [
    'pcap,proto,src_ip,src_port,dst_ip,dst_port,label',
    'capture.pcap,TCP,10.88.0.11,6379,10.88.0.2,1,none',
  ])
  const capture = join(CASES, 'redis/capture.pcap')
  const plain = await bring({ format: 'captures', files: [capture] })
  expect(plain.description.labels).toEqual({ capture: plain.lines.length })
  const known = plain.lines.find(({ picket }) => picket.features[FEATURE_NAMES.indexOf('flow_protocol_tcp_flag')] === 1)
  expect(known).toBeDefined()
  const byTable = await bring({ format: 'captures', files: [capture], labels })
  expect(Object.keys(byTable.description.labels)).toEqual([''])
  const metered = join(CASES, 'redis/expected.ndjson')
  const line = JSON.parse(
    (await readFile(metered, 'utf8')).split('\n').find((each) => each.includes('"tcp"')) ?? '',
  ) as {
    source: { ip: string; port: number }
    destination: { ip: string; port: number }
  }
  const ends = [line.destination.ip, line.destination.port, line.source.ip, line.source.port]
  await file('labels.csv', ['proto,src_ip,src_port,dst_ip,dst_port,label', `tcp,${ends.join(',')},database`])
  const both = await bring({ format: 'captures', files: [metered], labels })
  expect(both.description.labels.database).toBe(1)
  await file('labels.csv', ['file,label', 'expected.ndjson,database'])
  const byFile = await bring({ format: 'captures', files: [metered], labels })
  expect(byFile.description.labels).toEqual({ database: byFile.lines.length })
  await file('labels.csv', ['a,label', '1,x'])
  await expect(bring({ format: 'captures', files: [metered], labels })).rejects.toThrow(
    /needs file, or src_ip and dst_ip/,
  )
})

test('captures: one that is cut is refused with where and why, said once', async () => {
  const cut = inDir('cut.pcap')
  await writeFile(cut, (await readFile(join(CASES, 'dns/capture.pcap'))).subarray(0, 3_001))
  const refusal = bring({ format: 'captures', files: [cut] })
  await expect(refusal).rejects.toThrow(
    new MlError('TABLE_UNREADABLE', `${cut}: ends within a record; the rest is missing`),
  )
})

const OWN = { label: 'kind', host: 'host', time: { column: 'time', unit: 's' } }

/** Two kinds told apart by column a, with a column that gives them away, and rows that come twice. */
async function ownTable(name: string, count: number, kindOf: (i: number) => string) {
  const random = createRandom(8)
  const rows = ['time,host,kind,a,leak,id']
  for (let i = 0; i < count; i++) {
    const kind = kindOf(i)
    const a = i % 9 === 1 ? 7 : (kind === 'web' ? 0 : 0.5) + random()
    rows.push([1_700_000_000 + i, `h${i % 20}`, kind, a, kind === 'web' ? 'x' : 'y', i].join(','))
  }
  const features = { forward_packets_total_count: 'a' }
  return {
    format: 'csv' as const,
    files: [await file(name, rows)],
    mapping: await file(`${name}.json`, [JSON.stringify({ ...OWN, features })]),
  }
}

test('splits keep hosts or time together; duplicates and columns that give the label away are told', async () => {
  const random = createRandom(9)
  const source = await ownTable('many.csv', 2000, () => (random() < 0.5 ? 'web' : 'mail'))
  const byHost = await bring(source)
  expect(byHost.description).toMatchObject({ splitBy: 'host', oneSided: [], rows: 2000 })
  const sides = new Map<string, Set<string>>()
  for (const { source, picket } of byHost.lines)
    sides.set(source!.ip, (sides.get(source!.ip) ?? new Set<string>()).add(picket.split))
  for (const side of sides.values()) expect(side.size).toBe(1)
  expect(byHost.description.leaks.columns).toEqual([{ column: 'leak', accuracy: 1 }])
  expect(byHost.description.duplicates).toMatchObject({ duplicates: 222, conflicting: 1, inBothSplits: 1, sampled: 1 })

  const byTime = await bring({ ...source, splitBy: 'time', testShare: 0.4 })
  const begun = (split: string) =>
    byTime.lines
      .filter(({ picket }) => picket.split === split && picket.label === 'web')
      .map(({ event }) => Date.parse(event!.start))
  expect(Math.max(...begun('train'))).toBeLessThan(Math.min(...begun('test')))
  const train = await readDataset(byTime.out, 'train')
  const test = await readDataset(byTime.out, 'test')
  expect(train.labels.length + test.labels.length).toBe(2000)
  expect(test.labels.length / 2000).toBeCloseTo(0.4, 1)

  const onlyHost = await bring(await ownTable('one.csv', 400, (i) => (i % 20 === 3 ? 'mail' : 'web')))
  expect(onlyHost.description.splitBy).toBe('time')
})

test('progress is told from the first octets on, also while a single large file is read for the first time', async () => {
  const source = await ownTable('progress.csv', 12_000, () => 'web')
  const shares: number[] = []
  await importDataset({ ...source, out: inDir('progress'), onProgress: (share) => shares.push(share) })
  expect(shares.filter((share) => share > 0 && share < 0.4).length).toBeGreaterThan(0)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares.at(-1)).toBeLessThanOrEqual(1)
})

test('a refused or a cancelled import leaves nothing behind', async () => {
  const table = await file('bad.csv', ['kind,a', 'web,1', 'web,2,3'])
  const mapping = await file('bad.json', [
    JSON.stringify({ label: 'kind', features: { forward_packets_total_count: 'a' } }),
  ])
  const out = inDir('never')
  await expect(importDataset({ format: 'csv', files: [table], mapping, out })).rejects.toThrow(/bad\.csv:3: 3 fields/)
  const source = await ownTable('long.csv', 5000, () => 'web')
  const abort = new AbortController()
  const onProgress = (share: number) => share > 0.5 && abort.abort(new Error('cancelled'))
  await expect(importDataset({ ...source, out, onProgress, signal: abort.signal })).rejects.toThrow('cancelled')
  await expect(importDataset({ format: 'csv', files: [inDir('absent.csv')], mapping, out })).rejects.toThrow(
    /absent\.csv/,
  )
  await expect(importDataset({ ...source, out: dir })).rejects.toThrow(/exists already/)
  expect((await readdir(dir)).filter((name) => name.startsWith('never'))).toEqual([])
  await expect(readDataset(out, 'train')).rejects.toMatchObject({ code: 'TABLE_UNREADABLE' })
})
