import { loadRingAddon } from '../capture/native-ring.ts'
import { PacketSockets } from '../capture/packet-sockets.ts'

/** How a process learns of the sockets that the one before it opened. */
export const INHERITED_SOCKETS = 'PICKET_PACKET_SOCKETS'

/** The packet sockets of a sensor: for live capture all of them opened now, or those that this process was executed with. */
export function openPacketSockets(isLive: boolean): { sockets: PacketSockets; areInherited: boolean } {
  const sockets = new PacketSockets(loadRingAddon())
  const inherited = process.env[INHERITED_SOCKETS]
  delete process.env[INHERITED_SOCKETS]
  if (inherited !== undefined) sockets.adopt(inherited)
  else if (isLive) reserve(sockets)
  return { sockets, areInherited: inherited !== undefined }
}

/** Without CAP_NET_RAW there are none, and the first interface says so. */
function reserve(sockets: PacketSockets): void {
  try {
    sockets.reserve()
  } catch {
    sockets.close()
  }
}
