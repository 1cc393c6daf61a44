import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT, RUNTIME } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { machinePath, runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const SENSOR = join(ROOT, 'apps', 'sensor')
const BUILD_SCRIPT = join(SENSOR, 'scripts', 'build-native.mjs')
const ADDONS = ['ring.node', 'process.node', 'links.node', 'filter.node'].map((name) =>
  join(SENSOR, 'native', 'build', 'Release', name),
)
const hasAddons = () => ADDONS.every((addon) => existsSync(addon))
const ADDON_STAMP = join(SENSOR, 'native', 'build', '.picket-stamp')
const addonHash = () => contentHash([join(SENSOR, 'native'), BUILD_SCRIPT, join(RUNTIME, '..', '..', 'package.json')])

/** The addons over the kernel's packet ring and the sensor's own process; Linux only. */
export const ringStep = {
  title: 'capture addon',
  needed: () =>
    process.platform !== 'linux' || (hasAddons() && isStamped(ADDON_STAMP, addonHash()))
      ? undefined
      : 'compiling the packet ring addon',
  async run() {
    const result = await runCommand(RUNTIME, [BUILD_SCRIPT])
    if (result.code !== 0 || !hasAddons())
      throw new SetupError(
        'the packet ring addon did not compile',
        'see what the compiler said above; python3, make and g++ are needed',
        result.lines,
      )
    stamp(ADDON_STAMP, addonHash())
    return 'packet ring compiled'
  },
}

const CAP = join(ROOT, 'node_modules', 'cap')
const CAP_STAMP = join(CAP, '.picket-stamp')
const hasLibpcap = () =>
  process.platform !== 'linux' || existsSync('/usr/include/pcap/pcap.h') || existsSync('/usr/include/pcap.h')
const capHash = () =>
  contentHash([join(CAP, 'package.json'), join(RUNTIME, '..', '..', 'package.json')], { leftOut: [] })

/** The portable capture source; without it the ring is used, so a failure is only said. */
export const capStep = {
  title: 'libpcap source',
  needed: () =>
    !existsSync(CAP) || !hasLibpcap() || isStamped(CAP_STAMP, capHash()) ? undefined : 'compiling the cap package',
  async run() {
    const nodeGyp = join(ROOT, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
    // In the environment: a nodedir of the user's own npm configuration arrives there too, and wins over the flag.
    const result = await runCommand(RUNTIME, [nodeGyp, 'rebuild'], {
      cwd: CAP,
      env: { PATH: machinePath(), npm_config_nodedir: dirname(dirname(RUNTIME)) },
    })
    stamp(CAP_STAMP, capHash())
    return result.code === 0
      ? 'cap compiled'
      : 'cap did not compile, the ring source is used (see .picket/logs/setup.log)'
  },
}
