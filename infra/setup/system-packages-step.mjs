import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { findCommand } from './find-command.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

function isPresent(item) {
  if (item.unless && process.env[item.unless]) return true
  if (item.file) return existsSync(item.file)
  return [item.command, ...(item.alternatives || [])].some((name) => findCommand(name))
}

const names = (items) => items.map((item) => item.name).join(' ')

/** Installs what is missing; a list that failed as a whole is tried again one by one, so that one package does not cost the others. */
async function install(missing, progress) {
  const apt = (args) =>
    runCommand('apt-get', args, { env: { DEBIAN_FRONTEND: 'noninteractive' }, onLine: (line) => progress.update(line) })
  const installArgs = ['install', '-y', '--no-install-recommends']
  await apt(['update'])
  if ((await apt([...installArgs, ...missing.map((item) => item.name)])).code === 0) return
  for (const item of missing) await apt([...installArgs, item.name])
}

function refuse(missing) {
  const command = findCommand('apt-get')
    ? `sudo apt-get install -y --no-install-recommends ${names(missing)}`
    : `install with your system's package manager: ${names(missing)}`
  const redis = missing.some((item) => item.unless === 'REDIS_URL') ? '; or set REDIS_URL to a Redis you run' : ''
  throw new SetupError(
    `system packages are missing: ${missing.map((item) => `${item.name} (${item.why})`).join(', ')}`,
    `${command}${redis}`,
  )
}

/** Redis under its usual name where only the package with the bare binary is installed. */
function linkRedis() {
  const link = join(ROOT, 'node_modules', '.bin', 'redis-server')
  const binary = findCommand('redis-check-rdb')
  if (!findCommand('redis-server') && binary && !existsSync(link)) symlinkSync(binary, link)
}

/** A step that makes system packages present: by apt-get as root on Debian and its kin, else by saying what to run. */
export function systemPackagesStep(packages, title = 'system packages') {
  return {
    title,
    needed() {
      const missing = packages.filter((item) => !isPresent(item))
      if (missing.length === 0) linkRedis()
      if (missing.length === 0) return undefined
      const canInstall = process.getuid && process.getuid() === 0 && findCommand('apt-get')
      const essential = missing.filter((item) => item.essential)
      if (!canInstall && essential.length > 0) refuse(essential)
      return canInstall
        ? `apt-get installs ${missing.map((item) => `${item.name} (${item.why})`).join(', ')}`
        : `missing: ${names(missing)}`
    },
    async run(progress) {
      const missing = packages.filter((item) => !isPresent(item))
      if (process.getuid && process.getuid() === 0 && findCommand('apt-get')) await install(missing, progress)
      linkRedis()
      const still = missing.filter((item) => !isPresent(item))
      const essential = still.filter((item) => item.essential)
      if (essential.length > 0) refuse(essential)
      return still.length === 0
        ? `installed ${names(missing)}`
        : still.map((item) => `no ${item.name}: ${item.without}`).join('; ')
    },
  }
}
