import { readFileSync } from 'node:fs'

/** Totals that the kernel keeps of one interface since it was made. */
export interface KernelCounters {
  receivedOctets: number
  receivedPackets: number
  receivedErrors: number
  receivedDrops: number
  sentOctets: number
  sentPackets: number
  sentErrors: number
  sentDrops: number
}

/** Counters of all interfaces by one read of /proc/net/dev; empty where there is no such file. */
export function readKernelCounters(path = '/proc/net/dev'): Map<string, KernelCounters> {
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return new Map()
  }
  return parseKernelCounters(text)
}

/**
 * Lines "name: octets packets errors drops fifo frame compressed multicast" of receipt, then "octets packets errors drops
 * fifo collisions carrier compressed" of sending; two lines of headings come first.
 */
export function parseKernelCounters(text: string): Map<string, KernelCounters> {
  const counters = new Map<string, KernelCounters>()
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(': ') >= 0 ? line.lastIndexOf(': ') : line.lastIndexOf(':')
    if (colon < 0) continue
    const values = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    if (values.length < 16 || values.some(Number.isNaN)) continue
    counters.set(line.slice(0, colon).trim(), {
      receivedOctets: values[0],
      receivedPackets: values[1],
      receivedErrors: values[2],
      receivedDrops: values[3],
      sentOctets: values[8],
      sentPackets: values[9],
      sentErrors: values[10],
      sentDrops: values[11],
    })
  }
  return counters
}

export const NO_COUNTERS: KernelCounters = {
  receivedOctets: 0,
  receivedPackets: 0,
  receivedErrors: 0,
  receivedDrops: 0,
  sentOctets: 0,
  sentPackets: 0,
  sentErrors: 0,
  sentDrops: 0,
}
