import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Interface } from '@picket/proto'

const CLASS_NET = '/sys/class/net'
const IFF_UP = 1
/** Hardware types as the kernel numbers them (linux/if_arp.h). */
const ARPHRD_ETHER = 1
const ARPHRD_LOOPBACK = 772
const ARPHRD_NONE = 65_534

/** One interface of this host, as far as capture needs to know it. */
export interface InterfaceDescription {
  name: string
  /** Kernel's index: a new one means another interface under the same name. */
  index: number
  mac: Uint8Array
  /** With prefix length, e.g. "192.0.2.1/24". */
  addresses: string[]
  speedBps: number | undefined
  medium: string
  isUp: boolean
  mtu: number
  isLoopback: boolean
  /** Frames have an Ethernet header; else packets are captured without link-layer header. */
  isEthernet: boolean
}

/** The interfaces of this host, by index. On Linux from sysfs; elsewhere what Node tells, which is those with addresses. */
export function listInterfaces(): InterfaceDescription[] {
  const names = existsSync(CLASS_NET) ? readdirSync(CLASS_NET) : Object.keys(networkInterfaces())
  const described = names.flatMap((name) => describeInterface(name) ?? [])
  return described.sort((a, b) => a.index - b.index || a.name.localeCompare(b.name))
}

/** `meteredBy` is the interface that meters the packets of this one, if another does. */
export function toInterface(description: InterfaceDescription, source: string, meteredBy = ''): Interface {
  const { name, mac, addresses, speedBps, medium, isUp, mtu } = description
  return { name, mac, addresses, speedBps, medium, up: isUp, mtu, source, ...(meteredBy && { meteredBy }) }
}

function describeInterface(name: string): InterfaceDescription | undefined {
  const folder = join(CLASS_NET, name)
  const addresses = networkInterfaces()[name] ?? []
  const cidrs = addresses.flatMap(({ cidr }) => cidr ?? [])
  if (!existsSync(folder)) {
    if (addresses.length === 0) return undefined
    return describeFromNode(name, cidrs, addresses[0].mac, addresses[0].internal)
  }
  // Files such as bonding_masters lie beside the interfaces.
  const flags = Number(readText(folder, 'flags'))
  if (Number.isNaN(flags)) return undefined
  const type = Number(readText(folder, 'type'))
  const operState = readText(folder, 'operstate')
  const speed = Number(readText(folder, 'speed'))
  return {
    name,
    index: Number(readText(folder, 'ifindex')) || 0,
    mac: type === ARPHRD_ETHER ? parseMac(readText(folder, 'address') ?? '') : new Uint8Array(0),
    addresses: cidrs,
    speedBps: speed > 0 ? speed * 1e6 : undefined,
    medium: mediumOf(folder, type),
    isUp: (flags & IFF_UP) !== 0 && (operState === 'up' || operState === 'unknown'),
    mtu: Number(readText(folder, 'mtu')) || 0,
    isLoopback: type === ARPHRD_LOOPBACK,
    isEthernet: type === ARPHRD_ETHER || type === ARPHRD_LOOPBACK,
  }
}

function describeFromNode(name: string, addresses: string[], mac: string, internal: boolean): InterfaceDescription {
  return {
    name,
    index: 0,
    mac: internal ? new Uint8Array(0) : parseMac(mac),
    addresses,
    speedBps: undefined,
    medium: internal ? 'loopback' : 'other',
    isUp: true,
    mtu: 0,
    isLoopback: internal,
    isEthernet: true,
  }
}

function mediumOf(folder: string, type: number): string {
  if (type === ARPHRD_LOOPBACK) return 'loopback'
  const deviceType = /^DEVTYPE=(.*)$/m.exec(readText(folder, 'uevent') ?? '')?.[1]
  if (deviceType === 'wlan' || existsSync(join(folder, 'wireless'))) return 'wifi'
  if (deviceType === 'bridge' || deviceType === 'bond' || deviceType === 'vlan') return deviceType
  if (existsSync(join(folder, 'tun_flags')) || type === ARPHRD_NONE || deviceType === 'wireguard') return 'tun'
  if (type !== ARPHRD_ETHER) return 'other'
  // A virtual pair names its other end; the interfaces above that also do have a DEVTYPE.
  const isPair = deviceType === undefined && readText(folder, 'iflink') !== readText(folder, 'ifindex')
  return isPair ? 'veth' : 'ethernet'
}

/** Reading `speed` of a link that is down fails; such a file counts as absent. */
function readText(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8').trim()
  } catch {
    return undefined
  }
}

function parseMac(text: string): Uint8Array {
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text)
    ? Uint8Array.from(text.split(':'), (octet) => Number.parseInt(octet, 16))
    : new Uint8Array(0)
}
