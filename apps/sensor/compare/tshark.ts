import { relative } from 'node:path'
import type { Flow } from '@picket/proto'
import { type MeteredFile, meterFile } from '../src/commands/meter-file.ts'
import { formatAddress } from '../src/flow/format-address.ts'
import { capturesUnder } from './captures-under.ts'
import {
  type CaptureCounts,
  conversationsOfTshark,
  countLaterFragments,
  countWithCapinfos,
  endsKey,
} from './wireshark.ts'

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
 * Meters every capture under a folder and holds it against capinfos (packets, octets) and, every `every`th of them, against
 * tshark (conversations and their frames; captures with tunnels are left out, as tshark counts both packets). One
 * object for each capture that differs, and a last one with totals.
 */
export async function* compareWithTshark(folder: string, every = 1): AsyncGenerator<object> {
  const totals: Totals = { captures: 0, packets: 0 }
  const paths = capturesUnder(folder)
  const counted = countWithCapinfos(paths)
  let slowestMs = 0
  for (const [i, path] of paths.entries()) {
    const startedAt = performance.now()
    const ours = await meterAll(path)
    slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    totals.captures++
    totals.packets += ours.metered.packets
    const counts = compareCounts(counted.get(path), ours)
    const isAsked = counts.counts !== 'unreadable' && i % every === 0
    const flows = isAsked ? compareConversations(path, ours) : { flows: 'not-asked' }
    const ledger = { ledger: isBalanced(ours) ? 'balances' : 'does-not-balance' }
    const verdicts = { ...counts, ...flows, ...ledger }
    for (const key of ['counts', 'flows', 'ledger'] as const) {
      const verdict = `${key}-${verdicts[key]}`
      totals[verdict] = (totals[verdict] ?? 0) + 1
    }
    if (!isExpected(verdicts))
      yield { capture: relative(folder, path), ...verdicts, error: ours.metered.error?.message }
  }
  yield { compare: 'tshark', ...totals, slowest_ms: Math.round(slowestMs) }
}

function isBalanced({ metered, packetsInFlows }: Ours): boolean {
  return packetsInFlows + metered.gaps.reduce((sum, { packets }) => sum + packets, 0) === metered.packets
}

function isExpected({ counts, flows, ledger }: { counts: string; flows: string; ledger: string }): boolean {
  return counts === 'equal' && !/differ|unreadable/.test(flows) && ledger === 'balances'
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

function compareCounts(theirs: CaptureCounts | undefined, { metered }: Ours): { counts: string; detail?: object } {
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
  // A fragment whose first was not seen has no ports: it is no conversation to tshark.
  const onlyOurs = [...conversations.keys()].filter((key) => !theirs.has(key))
  const onlyTheirs = [...theirs.keys()].filter((key) => !conversations.has(key))
  const frames = [...theirs].filter(([key, count]) => conversations.has(key) && conversations.get(key) !== count)
  if (onlyOurs.length + onlyTheirs.length + frames.length === 0) return { flows: 'equal' }
  const more = sumOf(conversations) - sumOf(theirs)
  if (onlyTheirs.length === 0 && more === countLaterFragments(path)) return { flows: 'equal-but-for-fragments' }
  const examples = [
    ...onlyOurs.slice(0, SHOWN).map((key) => `ours ${key}`),
    ...onlyTheirs.slice(0, SHOWN).map((key) => `theirs ${key}`),
    ...frames.slice(0, SHOWN).map(([key, count]) => `${key}: ours ${conversations.get(key)}, theirs ${count}`),
  ]
  const difference = { only_ours: onlyOurs.length, only_theirs: onlyTheirs.length, frames: frames.length, examples }
  return { flows: onlyOurs.length + onlyTheirs.length > 0 ? 'sets-differ' : 'frames-differ', difference }
}

function sumOf(conversations: Map<string, number>): number {
  return [...conversations.values()].reduce((sum, count) => sum + count, 0)
}
