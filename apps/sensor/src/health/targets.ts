import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { isIP } from 'node:net'
import { readGatewayPortably } from '../host/portable-reader.ts'

/** Something whose reachability says how a link is. */
export interface HealthTarget {
  readonly role: 'gateway' | 'resolver' | 'configured'
  /** Address or host name to probe. */
  readonly host: string
  /** TCP port; absent for a target probed by ICMP where that is possible. */
  readonly port: number | undefined
  /** Interface the route leaves by; empty when unknown. */
  readonly interface: string
}

/** Target as samples name it. */
export function targetName({ host, port }: HealthTarget): string {
  if (port === undefined) return host
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** `address`, `host`, `host:port` or `[v6]:port` as an operator writes it; undefined when it is none of them. */
export function parseConfiguredTarget(text: string): HealthTarget | undefined {
  const trimmed = text.trim()
  const target = (host: string, port?: number): HealthTarget => ({ role: 'configured', host, port, interface: '' })
  if (isIP(trimmed)) return target(trimmed)
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?$/.exec(trimmed)
  const host = match?.[1] ?? match?.[2]
  const port = match?.[3] === undefined ? undefined : Number(match[3])
  // ping would take a leading "-" for an option.
  if (!host || host.startsWith('-') || (port !== undefined && (port < 1 || port > 65_535))) return undefined
  return target(host, port)
}

/** Default routes of /proc/net/route (addresses are little-endian hexadecimal), lowest metric first. */
export function parseRoutes(text: string): { gateway: string; interface: string }[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .filter(
      ([, destination, gateway, , , , , mask]) =>
        destination === '00000000' && mask === '00000000' && gateway !== '00000000',
    )
    .sort((a, b) => Number(a[6]) - Number(b[6]))
    .map(([name = '', , gateway = '']) => ({ gateway: littleEndianAddress(gateway), interface: name }))
}

function littleEndianAddress(hex: string): string {
  return [6, 4, 2, 0].map((start) => Number.parseInt(hex.slice(start, start + 2), 16)).join('.')
}

/** Name servers of resolv.conf(5). */
export function parseResolvers(text: string): string[] {
  return [...text.matchAll(/^\s*nameserver\s+([0-9a-fA-F:.]+)/gm)]
    .map((match) => match[1] ?? '')
    .filter((address) => isIP(address) > 0)
}

/** The gateway and the first resolver as they are now; either may be missing. */
export async function discoverTargets(): Promise<HealthTarget[]> {
  const targets: HealthTarget[] = []
  const gateway = await findGateway()
  if (gateway) targets.push({ role: 'gateway', host: gateway.gateway, port: undefined, interface: gateway.interface })
  const [resolver] = parseResolvers(await readFile('/etc/resolv.conf', 'utf8').catch(() => ''))
  if (resolver) targets.push({ role: 'resolver', host: resolver, port: undefined, interface: '' })
  return targets
}

async function findGateway(): Promise<{ gateway: string; interface: string } | undefined> {
  if (platform() === 'linux') return parseRoutes(await readFile('/proc/net/route', 'utf8').catch(() => ''))[0]
  const gateway = await readGatewayPortably()
  return isIP(gateway) ? { gateway, interface: '' } : undefined
}
