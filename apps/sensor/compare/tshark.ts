import { relative } from 'node:path'
import type { Flow } from '@picket/proto'
import { type MeteredFile, meterFile } from '../src/commands/meter-file.ts'
import { formatAddress } from '../src/flow/format-address.ts'
import { capturesUnder } from './captures-under.ts'
import { conversationsOfTshark, countWithCapinfos, endsKey } from './wireshark.ts'

/** Long enough that no conversation of a capture is cut into several records. */
const FOREVER_MS = 1e10
const OPTIONS = { idleTimeoutMs: FOREVER_MS, activeTimeoutMs: FOREVER_MS, maxFlows: 1 << 20 }
const TRANSPORTS: Record<number, string> = { 6: 'tcp', 17: 'udp' }
const SHOWN = 3

interface Ours {
  metered: MeteredFile
  conversations: Map<string, number>
  hasTunnels: boolean
  packetsInFlows: number
}

type Totals = Record<string, number>

/**
 * Meters every capture under a folder and holds it against capinfos (packets, octets) and tshark (conversations and their
 * frames; captures with tunnels are left out, as tshark counts both packets). One object for each capture that differs, and a last one with totals.
 */
export async function* compareWithTshark(folder: string): AsyncGenerator<object> {
  const totals: Totals = { captures: 0, packets: 0 }
  let slowestMs = 0
  for (const path of capturesUnder(folder)) {
    const capture = relative(folder, path)
    const startedAt = performance.now()
    const ours = await meterAll(path)
    const ms = performance.now() - startedAt
    slowestMs = Math.max(slowestMs, ms)
    totals.captures++
    totals.packets += ours.metered.packets
    const inGaps = ours.metered.gaps.reduce((sum, { packets }) => sum + packets, 0)
    const counts = compareCounts(path, ours)
    const flows = counts.counts === 'unreadable' ? { flows: 'unreadable' } : compareConversations(path, ours)
    const balance = ours.packetsInFlows + inGaps === ours.metered.packets ? 'balances' : 'does-not-balance'
    for (const verdict of [`counts-${counts.counts}`, `flows-${flows.flows}`, `ledger-${balance}`]) {
      totals[verdict] = (totals[verdict] ?? 0) + 1
    }
    const isEqual = counts.counts === 'equal' && ['equal', 'tunnels'].includes(flows.flows) && balance === 'balances'
    if (!isEqual) yield { capture, ...counts, ...flows, ledger: balance, error: ours.metered.error?.message }
  }
  yield { compare: 'tshark', ...totals, slowest_ms: Math.round(slowestMs) }
}

async function meterAll(path: string): Promise<Ours> {
  const conversations = new Map<string, number>()
  let hasTunnels = false
  let packetsInFlows = 0
  const add = (flow: Flow): void => {
    const packets = (flow.forward?.packets ?? 0) + (flow.reverse?.packets ?? 0)
    packetsInFlows += packets
    hasTunnels ||= flow.tunnel !== undefined
    const transport = TRANSPORTS[flow.protocol]
    if (!transport) return
    const source = `${formatAddress(flow.sourceAddress)}:${flow.sourcePort}`
    const key = endsKey(transport, source, `${formatAddress(flow.destinationAddress)}:${flow.destinationPort}`)
    conversations.set(key, (conversations.get(key) ?? 0) + packets)
  }
  const metered = await meterFile(path, OPTIONS, async (flows) => flows.forEach(add))
  return { metered, conversations, hasTunnels, packetsInFlows }
}

function compareCounts(path: string, { metered }: Ours): { counts: string; detail?: object } {
  const theirs = countWithCapinfos(path)
  if (!theirs) return { counts: metered.error ? 'unreadable' : 'unreadable-to-capinfos' }
  const isEqual = theirs.packets === metered.packets && theirs.octets === metered.octets
  if (isEqual) return { counts: 'equal' }
  return {
    counts: 'differ',
    detail: { ours: [metered.packets, metered.octets], theirs: [theirs.packets, theirs.octets] },
  }
}

function compareConversations(
  path: string,
  { conversations, hasTunnels }: Ours,
): { flows: string; difference?: object } {
  if (hasTunnels) return { flows: 'tunnels' }
  const theirs = conversationsOfTshark(path)
  if (!theirs) return { flows: 'unreadable-to-tshark' }
  const onlyOurs = [...conversations.keys()].filter((key) => !theirs.has(key))
  const onlyTheirs = [...theirs.keys()].filter((key) => !conversations.has(key))
  const frames = [...theirs].filter(([key, count]) => conversations.has(key) && conversations.get(key) !== count)
  if (onlyOurs.length + onlyTheirs.length > 0) {
    const counts = { only_ours: onlyOurs.length, only_theirs: onlyTheirs.length, frames: frames.length }
    const examples = [...onlyOurs.slice(0, SHOWN).map((key) => `ours ${key}`), ...onlyTheirs.slice(0, SHOWN)]
    return { flows: 'sets-differ', difference: { ...counts, examples } }
  }
  if (frames.length === 0) return { flows: 'equal' }
  const examples = frames.slice(0, SHOWN).map(([key, count]) => [key, conversations.get(key), count])
  return { flows: 'frames-differ', difference: { frames: frames.length, examples } }
}
