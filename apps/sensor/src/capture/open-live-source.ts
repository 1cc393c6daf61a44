import { CapSource } from './cap-source.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { ElasticRingSource } from './elastic-ring-source.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { PacketSource } from './packet-source.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { ringBlocks } from './ring-size.ts'
import type { RingAllowance } from './ring-allowance.ts'

export interface LiveSourceOptions {
  settings: CaptureSettings
  sockets: PacketSockets | undefined
  allowance: RingAllowance
  /** Interfaces that are captured together. */
  count: number
  /** See packets for other hosts too, whatever the settings say: a bridge shows only then what it passes on. */
  promiscuous?: boolean
  /** Of an interface of a VLAN, whose frames have no tag. */
  vlanId?: number | undefined
}

/** The best source this platform has: the kernel's ring on Linux, libpcap elsewhere. */
export async function openLiveSource(
  description: InterfaceDescription,
  { settings, sockets, allowance, count, promiscuous = false, vlanId }: LiveSourceOptions,
): Promise<PacketSource> {
  const isLinux = process.platform === 'linux'
  const { snapLength, filter } = settings
  const source = isLinux
    ? new ElasticRingSource({
        interface: description,
        sockets,
        allowance,
        blocks: ringBlocks(description, count),
        promiscuous: promiscuous || settings.promiscuous,
        snapLength,
        filter: filter?.programFor(description.isEthernet),
        vlanId,
      })
    : new CapSource({ name: description.name, filter: filter?.expression, snapLength })
  await source.open()
  return source
}
