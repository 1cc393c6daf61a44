// Builds the sensor's addons, native/build/Release/{ring,process,links,filter}.node. Linux only, where they need g++ alone: Node-API is plain
// C, so the headers of any Node from 18 will do. Does nothing for an addon that is there and whose source has not changed.
//
//   node scripts/build-native.mjs [NODE_FOLDER]      NODE_FOLDER/include/node/node_api.h, else the package node-api-headers
//
// Exit 0: built or up to date (or not Linux); 1: the compiler failed; 2: no headers.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const sensor = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(sensor, 'native', 'build', 'Release')
const addons = ['ring', 'process', 'links', 'filter']
const headers = ['watch.h', 'landlock.h']
const flags = ['-std=c++17', '-O2', '-Wall', '-Wextra', '-shared', '-fPIC', '-fvisibility=hidden']

function headersFolder() {
  const given = process.argv[2]
  const candidates = [
    ...(given ? [join(resolve(given), 'include', 'node')] : []),
    join(sensor, '..', '..', 'node_modules', 'node-api-headers', 'include'),
    join(dirname(dirname(process.execPath)), 'include', 'node'),
  ]
  return candidates.find((candidate) => existsSync(join(candidate, 'node_api.h')))
}

/** Exit code for one addon. */
function build(name) {
  const source = join(sensor, 'native', `${name}.cc`)
  const addon = join(folder, `${name}.node`)
  const stamp = join(folder, `${name}.stamp`)
  const wanted = createHash('sha256')
    .update(readFileSync(source))
    .update(headers.map((header) => readFileSync(join(sensor, 'native', header), 'latin1')).join())
    .update(flags.join(' '))
    .update(process.arch)
    .digest('hex')
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0
  const nodeHeaders = headersFolder()
  if (nodeHeaders === undefined) {
    console.error('build-native: no node_api.h; give the folder of a Node installation, or run npm install')
    return 2
  }
  mkdirSync(folder, { recursive: true })
  const partial = `${addon}.${process.pid}`
  const compiler = process.env.CXX ?? 'g++'
  const result = spawnSync(compiler, [...flags, '-I', nodeHeaders, '-o', partial, source], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (result.status !== 0) {
    console.error(`build-native: ${compiler} failed (${result.error?.message ?? `exit ${result.status}`}); install g++`)
    return 1
  }
  // Renamed into place: a sensor that runs keeps the file it has loaded.
  renameSync(partial, addon)
  writeFileSync(stamp, wanted)
  return 0
}

if (process.platform === 'linux') process.exitCode = addons.map((name) => build(name)).find((code) => code !== 0) ?? 0
else console.log('the addons are Linux only: nothing to build')
