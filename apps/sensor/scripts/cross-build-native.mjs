// Compiles the sensor's addons for arm64 on another machine: `node scripts/cross-build-native.mjs [FOLDER]`, by default
// native/build/arm64. Needs g++ for aarch64 (Debian: g++-aarch64-linux-gnu). What comes of it is linked and looked at, not run.
//
// Exit 0: built, or skipped with its reason; 1: the compiler failed or made something else.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const COMPILER = 'aarch64-linux-gnu-g++'
const ADDONS = ['ring', 'process', 'links', 'filter']
const FLAGS = ['-std=c++17', '-O2', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-fvisibility=hidden', '-s']
const sensor = dirname(dirname(fileURLToPath(import.meta.url)))
const headers = join(sensor, '..', '..', 'node_modules', 'node-api-headers', 'include')
const folder = resolve(process.argv[2] ?? join(sensor, 'native', 'build', 'arm64'))

/** ELF header: class 64 bit at 4, little-endian at 5, shared object at 16, machine AArch64 (183) at 18. */
function isForArm64(file) {
  const head = readFileSync(file).subarray(0, 20)
  return head.toString('latin1', 1, 4) === 'ELF' && head[4] === 2 && head[5] === 1 && head[16] === 3 && head[18] === 183
}

function build(name) {
  const file = join(folder, `${name}.node`)
  const args = [...FLAGS, '-I', headers, '-o', file, join(sensor, 'native', `${name}.cc`)]
  if (spawnSync(COMPILER, args, { stdio: 'inherit' }).status !== 0) return false
  console.log(`${file}: ${isForArm64(file) ? 'arm64' : 'not for arm64'}`)
  return isForArm64(file)
}

if (spawnSync(COMPILER, ['--version']).error) console.log(`skipped: addons for arm64: there is no ${COMPILER}`)
else {
  mkdirSync(folder, { recursive: true })
  process.exitCode = ADDONS.map((name) => build(name)).every(Boolean) ? 0 : 1
}
