import { CapSource } from './cap-source.ts'
import type { InterfaceDescription } from './interfaces.ts'
import type { PacketSource } from './packet-source.ts'
import { RingSource } from './ring-source.ts'

/** The best source this platform has: the kernel's ring on Linux, libpcap elsewhere. */
export async function openLiveSource(description: InterfaceDescription): Promise<PacketSource> {
  const source = process.platform === 'linux' ? new RingSource({ interface: description }) : new CapSource(description)
  await source.open()
  return source
}
