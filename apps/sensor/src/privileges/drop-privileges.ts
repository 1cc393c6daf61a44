import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from 'pino'
import { reasonOf } from '../errors.ts'
import type { ProcessAddon } from '../process-addon.ts'
import { mayBecomeAnother } from './effective-capabilities.ts'
import { giveFolder } from './give-folder.ts'
import { type Account, unprivilegedAccount } from './unprivileged-account.ts'

export interface DropPrivilegesOptions {
  readonly own: ProcessAddon
  /** The sensor's folder, which goes over to the account it becomes; it must be the working folder. */
  readonly folder: string
  readonly logger: Pick<Logger, 'info' | 'warn'>
}

/**
 * Ends all privileges of this process, for good: from root it becomes an ordinary account, whose capabilities the kernel
 * clears in all threads (capabilities(7)), and everyone is confined. What fails is told and leaves the rest in force.
 */
export async function dropPrivileges({ own, folder, logger }: DropPrivilegesOptions): Promise<void> {
  try {
    if (mayBecomeAnother()) await becomeAccount(unprivilegedAccount(), folder)
  } catch (error) {
    logger.warn({ reason: reasonOf(error) }, 'the sensor stays root')
  }
  try {
    own.confine()
  } catch (error) {
    logger.warn({ reason: reasonOf(error) }, 'the sensor is not confined')
  }
}

async function becomeAccount(account: Account | undefined, folder: string): Promise<void> {
  if (!account) throw new Error('there is no account picket-sensor or nobody')
  // The one part loaded later; by then this account may have no way to the code, in root's home for example.
  if (!isReachable(dirname(process.argv[1] ?? '/'))) await import('../enrol/signing-request.ts')
  giveFolder(folder, account)
  process.setgroups?.([account.gid])
  process.setgid?.(account.gid)
  process.setuid?.(account.uid)
}

/** Whether everyone may enter a folder. */
function isReachable(folder: string): boolean {
  const parent = dirname(folder)
  return (statSync(folder).mode & 0o001) !== 0 && (parent === folder || isReachable(parent))
}
