import type { Flow } from '@picket/proto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAddress } from '../src/capture/parse-address.ts'
import { METER_DEFAULTS, meterFile } from '../src/commands/meter-file.ts'
import { formatAddress } from '../src/flow/format-address.ts'
import { readExpectations } from './suricata-expectations.ts'
import { SURICATA_FIELDS } from './suricata-fields.ts'

const TYPES = ['tls', 'dns', 'http', 'ssh', 'quic', 'smb', 'mqtt']

/** Cases whose questions travel inside the bodies of HTTP/2, which are not read. */
const INSIDE_HTTP2 = /^dns-over-http2/

interface Miss {
  case: string
  field: string
  expected: string
  found: string[]
}

interface Tally {
  fields: number
  met: number
  cases: Set<string>
  /** Fields that flows do not carry, such as those of single messages, and how often they are expected. */
  notCarried: Map<string, number>
}

/**
 * Compares with the events that the cases of suricata-verify expect: `suricata DIR`. A field is met when a flow of the case's
 * capture has its value; texts are compared without case, addresses of
 * pages without their query; where "unknown" or nothing is expected, nothing must be found. One JSON
 * object a line: one a protocol, then with `--list` one a field that is not met.
 */
export async function compareWithSuricata(folder: string, list: boolean): Promise<Record<string, unknown>[]> {
  const tallies = new Map(TYPES.map((type) => [type, newTally()]))
  const misses: Miss[] = []
  for (const name of readdirSync(folder).sort()) {
    const yaml = join(folder, name, 'test.yaml')
    const capture = existsSync(yaml)
      ? readdirSync(join(folder, name)).find((file) => /\.p?cap(ng)?$/.test(file))
      : undefined
    if (!capture) continue
    const events = readExpectations(readFileSync(yaml, 'utf8')).filter(({ type }) => tallies.has(type))
    if (events.length === 0) continue
    const flows = await flowsOf(join(folder, name, capture))
    for (const { type, fields } of events) {
      for (const [field, expected] of fields) count({ name, type, field, expected }, flows, tallies, misses)
    }
  }
  return [
    ...[...tallies].map(([type, tally]) => ({ compare: 'suricata', type, ...rowOf(tally) })),
    ...(list ? misses.map((miss) => ({ compare: 'suricata-miss', ...miss })) : []),
  ]
}

interface Expected {
  name: string
  type: string
  field: string
  expected: string
}

function count(
  { name, type, field, expected }: Expected,
  flows: Flow[],
  tallies: Map<string, Tally>,
  misses: Miss[],
): void {
  const tally = tallies.get(type) as Tally
  const plain = field.replace(/\[\d+\]/g, '')
  const read = SURICATA_FIELDS[plain]
  if (!read || INSIDE_HTTP2.test(name)) {
    tally.notCarried.set(plain, (tally.notCarried.get(plain) ?? 0) + 1)
    return
  }
  tally.fields++
  tally.cases.add(name)
  const found = [...new Set(flows.flatMap(read))].filter((value) => value !== '')
  const isAbsent = expected === '' || expected === 'unknown'
  if (isAbsent ? found.length === 0 : found.some((value) => comparable(field, value) === comparable(field, expected)))
    tally.met++
  else misses.push({ case: name, field, expected, found: found.slice(0, 4) })
}

function comparable(field: string, value: string): string {
  const plain = field === 'http.url' ? value.split('?')[0] : value
  return plain
    .toLowerCase()
    .replace('emailaddress=', 'email=')
    .replace(/^[\da-f]{1,4}(:[\da-f]{1,4}){7}$/, (address) =>
      formatAddress(parseAddress(address) ?? new Uint8Array(16)),
    )
    .replace(/^\[(.*)\]$/, '$1')
}

async function flowsOf(path: string): Promise<Flow[]> {
  const flows: Flow[] = []
  await meterFile(path, METER_DEFAULTS, async (ended) => void flows.push(...ended))
  return flows
}

function newTally(): Tally {
  return { fields: 0, met: 0, cases: new Set(), notCarried: new Map() }
}

function rowOf({ fields, met, cases, notCarried }: Tally): object {
  const share = fields === 0 ? 0 : Math.round((met / fields) * 10_000) / 10_000
  const others = [...notCarried].sort((a, b) => b[1] - a[1])
  const expectations = others.reduce((sum, [, times]) => sum + times, 0)
  return {
    cases: cases.size,
    fields,
    met,
    share,
    fields_not_carried: expectations,
    not_carried: others.map(([field]) => field),
  }
}
