import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findCommand } from '../setup/find-command.mjs'
import { ROOT, RUNTIME } from '../setup/paths.mjs'
import { RUNTIME_FLAGS } from './runtime-flags.ts'
import { bundleSensorCode } from './sensor-code.ts'

const ADDONS = ['ring', 'process', 'links', 'filter'].map((name) =>
  join('apps', 'sensor', 'native', 'build', 'Release', `${name}.node`),
)
const MODELS = join('packages', 'ml', 'models')
const UNIT = join('infra', 'systemd', 'picket-sensor.service')
const ONNX = join('node_modules', 'onnxruntime-node')
const ONNX_BINARIES = join(ONNX, 'bin', 'napi-v6', process.platform, process.arch)

/**
 * Fills a folder with everything a sensor needs:
 *
 *     bin/picket-sensor        launcher, POSIX sh
 *     bin/node                 Node 24
 *     sensor.mjs               the code
 *     apps/, packages/         addons and models, at their places of the source tree
 *     systemd/                 unit, put in place by the install script
 *     node_modules/            ONNX runtime, this platform's binaries only
 */
export async function fillBundle(folder: string): Promise<void> {
  const main = await bundleSensorCode(folder)
  for (const addon of ADDONS) copy(addon, folder)
  copy(MODELS, folder)
  copyOnnxRuntime(folder)
  mkdirSync(join(folder, 'bin'))
  cpSync(RUNTIME, join(folder, 'bin', 'node'))
  for (const binary of [join('bin', 'node'), ...ADDONS, ...binariesOf(folder)]) strip(join(folder, binary))
  mkdirSync(join(folder, 'systemd'))
  cpSync(join(ROOT, UNIT), join(folder, 'systemd', 'picket-sensor.service'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  writeLauncher(join(folder, 'bin', 'picket-sensor'), main)
}

function copy(path: string, folder: string): void {
  const source = join(ROOT, path)
  if (!existsSync(source)) throw new Error(`${path} is missing: run npm run setup`)
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  cpSync(source, join(folder, path), { recursive: true })
}

function copyOnnxRuntime(folder: string): void {
  for (const part of ['package.json', 'dist']) copy(join(ONNX, part), folder)
  copy(ONNX_BINARIES, folder)
  for (const part of ['package.json', join('dist', 'cjs')])
    copy(join('node_modules', 'onnxruntime-common', part), folder)
}

const binariesOf = (folder: string) => readdirSync(join(folder, ONNX_BINARIES)).map((name) => join(ONNX_BINARIES, name))

/** Without its symbol table the runtime is a seventh smaller. */
function strip(file: string): void {
  const command = process.platform === 'linux' ? findCommand('strip') : undefined
  if (command) execFileSync(command, ['--strip-unneeded', file])
}

function writeLauncher(file: string, main: string): void {
  const script = `#!/bin/sh
# Runs the sensor on the Node that comes with it.
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 1
exec "$here/bin/node" ${RUNTIME_FLAGS.join(' ')} "$here/${main}" "$@"
`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}
