import { readFileSync } from 'node:fs'
import { arch, platform, release, type } from 'node:os'
import manifest from '../../package.json' with { type: 'json' }

/** Version of the sensor. */
export const sensorVersion: string = manifest.version

/** Operating system and architecture, e.g. "linux-x64". */
export const platformName = `${platform()}-${arch()}`

/** Operating system for people, e.g. "Debian GNU/Linux 12 (bookworm)". */
export function operatingSystemName(): string {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    if (name) return name
  } catch {
    // Not a system with os-release(5): the kernel's own name follows.
  }
  return `${type()} ${release()}`
}
