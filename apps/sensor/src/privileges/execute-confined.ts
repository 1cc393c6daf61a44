import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { PacketSockets } from '../capture/packet-sockets.ts'
import { reasonOf } from '../errors.ts'
import type { ProcessAddon } from '../process-addon.ts'
import { effectiveCapabilities, mayBecomeAnother } from './effective-capabilities.ts'
import { INHERITED_SOCKETS } from './open-packet-sockets.ts'
import { reachableFiles } from './reachable-files.ts'

export interface ExecuteConfinedOptions {
  readonly own: ProcessAddon
  readonly sockets: PacketSockets
  readonly stateFolder: string
  /** Files that the operator named. */
  readonly given: readonly string[]
  readonly logger: Pick<Logger, 'warn'>
}

/**
 * Executes this process once more, with its packet sockets, behind what belongs to threads and is handed down to new ones alone,
 * for Node has several from its start: the fence around its files, and the loss of capabilities where it can become no
 * other account, as the systemd unit or a container starts it. Returns where neither can be had.
 */
export function executeConfined({ own, sockets, stateFolder, given, logger }: ExecuteConfinedOptions): void {
  // A channel to the process that started this one would end here.
  if (process.send) return
  const dropsCapabilities = effectiveCapabilities() !== 0n && !mayBecomeAnother()
  let reason = 'this kernel has no Landlock'
  try {
    const { readable, writable } = reachableFiles(stateFolder, given)
    if (own.landlockVersion() > 0) {
      own.restrictFiles(readable, writable)
      reason = ''
    }
  } catch (error) {
    reason = reasonOf(error)
  }
  if (reason !== '') {
    logger.warn({ reason }, 'files are not fenced')
    if (!dropsCapabilities) return
  }
  for (const socket of sockets.spare) own.keepOpen(socket)
  if (dropsCapabilities) own.dropCapabilities()
  const { execPath, execArgv, argv, env } = process
  // Nobody reads a warning that this call is new to Node.
  process.removeAllListeners('warning')
  process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], {
    ...env,
    [INHERITED_SOCKETS]: sockets.describe(),
    // Captures for a replay are unpacked there.
    TMPDIR: resolve(stateFolder),
  })
}
