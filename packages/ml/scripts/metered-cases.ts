import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClassSource, Flow } from '@picket/proto'
import { classifyByPort, classifyByRules, type Verdict } from '../src/classification/index.ts'
import { meterCaptures, type MeterLine } from './meter-captures.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const CASES = join(ROOT, 'test/cases')

/** One flow of a recorded case, as the sensor metered it. */
export interface CaseFlow {
  case: string
  /** Whether the case is ordinary traffic. */
  normal: boolean
  /** Traffic class, or undefined where neither the rules nor the case say. */
  label: string | undefined
  /** The application by the rules, else empty. */
  application: string
  features: Float32Array
  /** ISO 8601 with microseconds. */
  end: string
}

interface CaseFacts {
  class?: string
  normal: boolean
}

/** Meters every capture under test/cases with the sensor's own command, in the order of the case names. */
export async function meterCases(): Promise<CaseFlow[]> {
  const names = (await readdir(CASES, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const facts = new Map<string, CaseFacts>()
  for (const name of names.sort()) facts.set(name, JSON.parse(await readFile(join(CASES, name, 'case.json'), 'utf8')))
  const flows: CaseFlow[] = []
  for await (const line of meterCaptures(names.map((name) => join(CASES, name, 'capture.pcap')))) {
    const name = basename(dirname(line.log.file.path))
    const known = facts.get(name)
    if (known) flows.push(toCaseFlow(name, known, line))
  }
  return flows
}

/**
 * A scan is a scan whatever it touches; else what a recogniser settles, or a look-up by its port, is believed before the case,
 * because every capture also holds names being looked up and neighbours being found; else the case says what its flows are.
 */
function toCaseFlow(name: string, facts: CaseFacts, line: MeterLine): CaseFlow {
  const flow = Flow.fromPartial({
    protocol: Number(line.network?.iana_number ?? 0),
    protocolName: line.network?.protocol ?? '',
    hostName: line.picket.host_name ?? '',
    etherType: line.picket.ether_type ?? 0,
    destinationPort: line.destination?.port ?? 0,
  })
  const verdict = classifyByRules(flow)
  return {
    case: name,
    normal: facts.normal,
    label: facts.class === 'scan' ? 'scan' : labelOf(flow, facts, verdict),
    application: (verdict ?? classifyByPort(flow))?.application ?? '',
    features: Float32Array.from(line.picket.features, (value) => value ?? NaN),
    end: line.event.end,
  }
}

function labelOf(flow: Flow, facts: CaseFacts, verdict: Verdict | undefined): string | undefined {
  if (verdict?.source === ClassSource.RECOGNISER) return verdict.class
  if (classifyByPort(flow)?.class === 'name-service') return 'name-service'
  return facts.class ?? verdict?.class
}
