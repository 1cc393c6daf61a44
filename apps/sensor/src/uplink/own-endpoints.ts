import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { HostPort } from '../config.ts'

/** Every address and port the sensor's own traffic goes to, so that capture can leave it out. */
export async function ownEndpoints(targets: readonly HostPort[]): Promise<{ address: string; port: number }[]> {
  const lists = await Promise.all(
    targets.map(async ({ host, port }) => (await addressesOf(host)).map((address) => ({ address, port }))),
  )
  return lists.flat()
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host]
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return []
  }
}
