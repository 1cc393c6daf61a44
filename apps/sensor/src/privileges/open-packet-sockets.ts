import { loadRingAddon } from '../capture/native-ring.ts'
import { PacketSockets } from '../capture/packet-sockets.ts'
import type { ProcessAddon } from '../process-addon.ts'
import { effectiveCapabilities, mayBecomeAnother } from './effective-capabilities.ts'

/** How a process without capabilities learns of the sockets that the one before it opened. */
const INHERITED = 'PICKET_PACKET_SOCKETS'

/**
 * The packet sockets of a sensor, for live capture all of them opened now. A process that holds capabilities but cannot become
 * another account, as the systemd unit or a container starts it, then executes itself again without them: capabilities
 * belong to threads, and Node has several. In that case this call does not return.
 */
export function openPacketSockets(own: ProcessAddon, isLive: boolean): PacketSockets {
  const sockets = new PacketSockets(loadRingAddon())
  const inherited = process.env[INHERITED]
  delete process.env[INHERITED]
  if (inherited !== undefined) sockets.adopt(inherited)
  else {
    if (isLive) reserve(sockets)
    if (effectiveCapabilities() !== 0n && !mayBecomeAnother()) executeWithout(own, sockets)
  }
  return sockets
}

/** Without CAP_NET_RAW there are none, and the first interface says so. */
function reserve(sockets: PacketSockets): void {
  try {
    sockets.reserve()
  } catch {
    sockets.close()
  }
}

function executeWithout(own: ProcessAddon, sockets: PacketSockets): void {
  for (const socket of sockets.spare) own.keepOpen(socket)
  own.dropCapabilities()
  const { execPath, execArgv, argv, env } = process
  // Nobody reads a warning that this call is new to Node.
  process.removeAllListeners('warning')
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, [INHERITED]: sockets.describe() })
}
