import { setTimeout as delay } from 'node:timers/promises'
import type { ConsoleClient } from './console-client.ts'

const OCTETS = 4 << 20
const ASK_EVERY_MS = 50
const LOST_AFTER_MS = 30_000

export interface DownloadDelay {
  readonly samples: number
  /** Downloads whose flow was not there within thirty seconds. */
  readonly lost: number
  readonly p50_ms: number
  readonly max_ms: number
  /** Class of each flow, by how many have it. */
  readonly classes: Record<string, number>
}

/**
 * Downloads 4 MiB over plain HTTP, each time on a new connection, and asks what the flows page asks until the flow is
 * there: milliseconds from the last octet to the row.
 */
export async function measureDownloads(
  client: ConsoleClient,
  address: string,
  samples: number,
): Promise<DownloadDelay> {
  const took: number[] = []
  let lost = 0
  for (let sample = 0; sample < samples; sample++) {
    const known = (await storedClasses(client, address)).length
    const answer = await fetch(`http://${address}/bytes/${OCTETS}`, { headers: { connection: 'close' } })
    await answer.arrayBuffer()
    const endedAt = performance.now()
    const isThere = async () => (await storedClasses(client, address)).length > known
    while (!(await isThere()) && performance.now() - endedAt < LOST_AFTER_MS) await delay(ASK_EVERY_MS)
    const elapsed = performance.now() - endedAt
    if (elapsed < LOST_AFTER_MS) took.push(elapsed)
    else lost++
  }
  took.sort((a, b) => a - b)
  const classes: Record<string, number> = {}
  for (const name of await storedClasses(client, address)) classes[name] = (classes[name] ?? 0) + 1
  const [p50, max] = [took[took.length >> 1], took.at(-1)].map((value) => Math.round(value ?? Number.NaN))
  return { samples: took.length, lost, p50_ms: p50, max_ms: max, classes }
}

/** The class of every stored download. */
async function storedClasses(client: ConsoleClient, address: string): Promise<string[]> {
  const filter = new URLSearchParams({
    format: 'ndjson',
    from: 'now-1h',
    to: 'now',
    address,
    port: '80',
    transport: 'tcp',
  })
  const lines = (await client.page(`/flows/export?${filter}`)).split('\n').filter(Boolean)
  return lines.map((line) => (JSON.parse(line) as { picket: { class?: string } }).picket.class ?? 'none')
}
