import { readFileSync, readdirSync } from 'node:fs'
import { networkInterfaces } from 'node:os'

const IFF_UP = 1

/** Names of the interfaces of this host that are up. */
export function interfacesUp(): string[] {
  try {
    return readdirSync('/sys/class/net')
      .filter((name) => (Number(readFileSync(`/sys/class/net/${name}/flags`, 'utf8')) & IFF_UP) !== 0)
      .toSorted()
  } catch {
    return Object.keys(networkInterfaces()).toSorted()
  }
}

/** The first address of this host that others can reach, or undefined where it has only loopback. */
export function externalAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const outside = addresses.filter((address) => !address.internal && !address.address.startsWith('fe80:'))
  return (outside.find((address) => address.family === 'IPv4') ?? outside[0])?.address
}

/** `host:port`, an IPv6 address in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
