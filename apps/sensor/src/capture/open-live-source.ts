import { CapSource } from './cap-source.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { PacketSource } from './packet-source.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { ringBlocks } from './ring-size.ts'
import { RingSource } from './ring-source.ts'

/** The best source this platform has: the kernel's ring on Linux, libpcap elsewhere; for one of `count` interfaces. */
export async function openLiveSource(
  description: InterfaceDescription,
  { sockets, count }: { sockets: PacketSockets | undefined; count: number },
): Promise<PacketSource> {
  const isLinux = process.platform === 'linux'
  const source = isLinux
    ? new RingSource({ interface: description, sockets, blocks: ringBlocks(description, count) })
    : new CapSource(description)
  await source.open()
  return source
}
