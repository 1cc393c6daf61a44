import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** The Node 24 that the dependencies bring for this platform, whatever Node the machine has. */
export const RUNTIME = join(ROOT, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')

/** npm's own record of what it put under node_modules; it is the last file an install writes. */
export const INSTALLED_LOCK = join(ROOT, 'node_modules', '.package-lock.json')

/** The sensor's code as the sensors of this host run it, put together from `apps/sensor` by the set-up. */
export const LOCAL_SENSOR = join(ROOT, '.picket', 'sensor-code')

/** Modules stripped of their types and compiled, kept between runs by whatever is started here; what lies there is run as code. */
export const COMPILED = join(ROOT, '.picket', 'compiled')

export const SETUP_LOG = join(ROOT, '.picket', 'logs', 'setup.log')
