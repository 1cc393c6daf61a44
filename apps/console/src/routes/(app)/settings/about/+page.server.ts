import { version as consoleVersion } from '../../../../../package.json'
import { listSensors } from '@picket/store'
import { listArchives } from '#lib/server/install.ts'
import { config, database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async () => {
  const [sensors, archives] = await Promise.all([listSensors(database()), listArchives(config().bundles)])
  const versions = new Map<string, number>()
  for (const { version, state } of sensors) {
    if (state !== 'retired') versions.set(version, (versions.get(version) ?? 0) + 1)
  }
  const { publicUrl, streamAddress, enrolAddress, caFingerprint } = config()
  return {
    console: consoleVersion,
    node: process.versions.node,
    sensorVersions: [...versions].map(([version, sensors]) => ({ version, sensors })),
    archives: archives.map(({ name, platform, size, sha256 }) => ({ name, platform, size, sha256 })),
    addresses: { publicUrl, streamAddress, enrolAddress, caFingerprint },
  }
}
