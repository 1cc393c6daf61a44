import { spawnSync } from 'node:child_process'

const TIMEOUT_MS = 120_000
const FILES_A_RUN = 100
/** Later fragments are of no conversation to tshark, and reassembled ones count once: each packet for itself is comparable. */
const OPTIONS = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE', '-o', 'tcp.desegment_tcp_streams:FALSE']
const LATER_FRAGMENTS =
  '(ip.frag_offset > 0 && ip.proto in {6, 17}) || (ipv6.fraghdr.offset > 0 && ipv6.fraghdr.nxt in {6, 17})'
const TABLES = ['-q', '-z', 'conv,tcp', '-z', 'conv,udp']
const ROW = /^(\S+)\s+<->\s+(\S+)\s/
const COUNTS = /(\d+)\s+\d+\s+(?:bytes|[kMGT]B)/g

export interface CaptureCounts {
  packets: number
  /** Wire lengths. */
  octets: number
}

/** Packets and octets as capinfos counts them, by path; captures that it can not read to their end are left out. */
export function countWithCapinfos(paths: readonly string[]): Map<string, CaptureCounts> {
  const counts = new Map<string, CaptureCounts>()
  for (let from = 0; from < paths.length; from += FILES_A_RUN) {
    const { stdout } = run('capinfos', ['-T', '-m', '-r', '-c', '-d', ...paths.slice(from, from + FILES_A_RUN)])
    for (const line of stdout.trim().split('\n')) {
      const [, path, packets, octets] = /^(.*),(\d+),(\d+)$/.exec(line) ?? []
      if (path) counts.set(path, { packets: Number(packets), octets: Number(octets) })
    }
  }
  return counts
}

/** Later fragments of TCP and UDP in a capture: to tshark they are of no conversation, to the sensor of that of the first. */
export function countLaterFragments(path: string): number {
  const filter = ['-Y', LATER_FRAGMENTS, '-T', 'fields', '-e', 'frame.number']
  return run('tshark', ['-n', ...OPTIONS, '-r', path, ...filter])
    .stdout.split('\n')
    .filter(Boolean).length
}

/** Frames by conversation, TCP and UDP: "tcp ADDRESS:PORT ADDRESS:PORT", ends in order of text. Undefined where tshark fails. */
export function conversationsOfTshark(path: string): Map<string, number> | undefined {
  const { stdout, status } = run('tshark', ['-n', ...OPTIONS, '-r', path, ...TABLES])
  if (status !== 0) return undefined
  const conversations = new Map<string, number>()
  let transport = ''
  for (const line of stdout.split('\n')) {
    const title = /^(TCP|UDP) Conversations/.exec(line)
    if (title) transport = title[1].toLowerCase()
    const ends = ROW.exec(line)
    const frames = [...line.matchAll(COUNTS)].at(2)?.[1]
    if (!ends || frames === undefined) continue
    const key = endsKey(transport, ends[1], ends[2])
    conversations.set(key, (conversations.get(key) ?? 0) + Number(frames))
  }
  return conversations
}

/** The same text for both directions. */
export function endsKey(transport: string, one: string, other: string): string {
  return one < other ? `${transport} ${one} ${other}` : `${transport} ${other} ${one}`
}

function run(command: string, args: string[]): { stdout: string; status: number | null } {
  return spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}
