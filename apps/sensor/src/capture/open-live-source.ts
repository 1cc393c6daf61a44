import { CapSource } from './cap-source.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { PacketSource } from './packet-source.ts'
import type { PacketSockets } from './packet-sockets.ts'
import { RingSource } from './ring-source.ts'

/** The best source this platform has: the kernel's ring on Linux, libpcap elsewhere. */
export async function openLiveSource(
  description: InterfaceDescription,
  sockets: PacketSockets | undefined,
): Promise<PacketSource> {
  const isLinux = process.platform === 'linux'
  const source = isLinux ? new RingSource({ interface: description, sockets }) : new CapSource(description)
  await source.open()
  return source
}
