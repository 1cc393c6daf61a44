// Builds native/build/Release/ring.node, the sensor's capture ring. Linux only, where it needs g++ alone: Node-API is plain
// C, so the headers of any Node from 18 will do. Does nothing when the addon is there and its source has not changed.
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
const source = join(sensor, 'native', 'ring.cc')
const folder = join(sensor, 'native', 'build', 'Release')
const addon = join(folder, 'ring.node')
const stamp = join(folder, 'ring.stamp')
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

function build() {
  if (process.platform !== 'linux') {
    console.log('the capture ring is Linux only: nothing to build')
    return 0
  }
  const wanted = createHash('sha256')
    .update(readFileSync(source))
    .update(flags.join(' '))
    .update(process.arch)
    .digest('hex')
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0
  const headers = headersFolder()
  if (headers === undefined) {
    console.error('build-native: no node_api.h; give the folder of a Node installation, or run npm install')
    return 2
  }
  mkdirSync(folder, { recursive: true })
  const partial = `${addon}.${process.pid}`
  const compiler = process.env.CXX ?? 'g++'
  const result = spawnSync(compiler, [...flags, '-I', headers, '-o', partial, source], {
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

process.exitCode = build()
