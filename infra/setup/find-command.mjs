import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** The full path of a command, looked up as a shell would, and in the system folders that a user's PATH often lacks. */
export function findCommand(name, path = process.env.PATH || '') {
  for (const folder of [...path.split(delimiter), ...SYSTEM_FOLDERS]) {
    const candidate = join(folder, name)
    try {
      accessSync(candidate, constants.X_OK)
      if (statSync(candidate).isFile()) return candidate
    } catch {
      continue
    }
  }
  return undefined
}
