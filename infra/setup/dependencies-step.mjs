import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { INSTALLED_LOCK, ROOT } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { npmCommand } from './npm-command.mjs'
import { machinePath, runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const LOCK = join(ROOT, 'package-lock.json')
const KEPT_ERRORS = 12
const STAMP = join(ROOT, 'node_modules', '.picket-stamp')

const currentHash = () => contentHash([LOCK], { extra: [process.platform, process.arch] })

/** Whether npm may leave a package out on this machine: an optional one, unless it is a native one made for this platform. */
function isOptionalHere(entry) {
  const admits = (list, value) => [list].flat().includes(value)
  const isNative = admits(entry.os, process.platform) && admits(entry.cpu, process.arch) && !admits(entry.libc, 'musl')
  return Boolean(entry.optional || entry.devOptional || entry.peer || entry.link) && !isNative
}

/** True when what npm recorded as installed is what the lockfile asks for; npm writes that record last. */
function installedMatchesLock() {
  if (!existsSync(INSTALLED_LOCK)) return false
  const installed = JSON.parse(readFileSync(INSTALLED_LOCK, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(LOCK, 'utf8')).packages
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    const have = installed[path]
    return have ? have.version === entry.version : isOptionalHere(entry)
  })
}

/** Dependencies exactly as locked. */
export const dependenciesStep = {
  title: 'dependencies',
  needed() {
    if (isStamped(STAMP, currentHash())) return undefined
    if (installedMatchesLock()) {
      stamp(STAMP, currentHash())
      return undefined
    }
    return 'npm packages as locked'
  },
  async run(progress) {
    const { command, args } = await npmCommand()
    let fetched = 0
    const errors = []
    const result = await runCommand(
      command,
      [...args, 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=http'],
      {
        env: {
          PATH: machinePath(),
          npm_config_workspace: undefined,
          npm_config_workspaces: undefined,
          npm_config_loglevel: undefined,
          npm_config_json: undefined,
          ONNXRUNTIME_NODE_INSTALL: 'skip',
        },
        onLine: (line) => {
          if (line.includes('http fetch')) progress.update(`npm packages as locked: ${++fetched} fetched`)
          // What went wrong comes first; npm's usage text follows it.
          if (/^npm (error|ERR!) \S/.test(line) && errors.length < KEPT_ERRORS) errors.push(line)
        },
      },
    )
    if (result.code !== 0) {
      throw new SetupError(
        'npm ci failed',
        'check the network and the npm registry setting, then run the same command again',
        errors,
      )
    }
    stamp(STAMP, currentHash())
    return 'npm packages as locked'
  },
}
