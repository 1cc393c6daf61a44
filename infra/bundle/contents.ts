import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'
import { checkElf } from './elf.ts'
import { RUNTIME_ENVIRONMENT, RUNTIME_FLAGS } from './runtime-flags.ts'
import { bundleSensorCode } from './sensor-code.ts'
import { HOST, type Target } from './target.ts'

const ADDONS = ['ring', 'process', 'links', 'filter'].map((name) => `${name}.node`)
const ADDON_FOLDER = join('apps', 'sensor', 'native', 'build', 'Release')
const MODELS = join('packages', 'ml', 'models')
const UNIT = join('infra', 'systemd', 'picket-sensor.service')
const ONNX = join('node_modules', 'onnxruntime-node')

const onnxBinaries = ({ platform, arch }: Target): string => join(ONNX, 'bin', 'napi-v6', platform, arch)

/**
 * Fills a folder with everything a sensor on a target needs:
 *
 *     bin/picket-sensor        launcher, POSIX sh
 *     bin/node                 Node 24
 *     sensor.mjs               the code
 *     apps/, packages/         addons and models, at their places of the source tree
 *     systemd/                 unit, put in place by the install script
 *     node_modules/            ONNX runtime, that platform's binaries only
 */
export async function fillBundle(folder: string, target: Target = HOST): Promise<void> {
  const main = await bundleSensorCode(folder)
  copyAddons(target, folder)
  copy(MODELS, folder)
  copyOnnxRuntime(target, folder)
  mkdirSync(join(folder, 'bin'))
  cpSync(target.runtime, join(folder, 'bin', 'node'))
  for (const binary of nativeParts(folder, target)) {
    if (target.platform === 'linux') checkElf(binary, target.arch)
    // Without its symbol table the runtime is a seventh smaller.
    if (target.strip) execFileSync(target.strip, ['--strip-unneeded', binary])
  }
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

function copyAddons({ addons }: Target, folder: string): void {
  mkdirSync(join(folder, ADDON_FOLDER), { recursive: true })
  for (const addon of ADDONS) {
    const source = join(addons, addon)
    if (!existsSync(source)) throw new Error(`${source} is missing: run npm run setup`)
    cpSync(source, join(folder, ADDON_FOLDER, addon))
  }
}

function copyOnnxRuntime(target: Target, folder: string): void {
  for (const part of ['package.json', 'dist']) copy(join(ONNX, part), folder)
  copy(onnxBinaries(target), folder)
  for (const part of ['package.json', join('dist', 'cjs')])
    copy(join('node_modules', 'onnxruntime-common', part), folder)
}

/** Every file of a filled folder that is code for one architecture. */
export function nativeParts(folder: string, target: Target): string[] {
  const onnx = onnxBinaries(target)
  return [
    join(folder, 'bin', 'node'),
    ...ADDONS.map((addon) => join(folder, ADDON_FOLDER, addon)),
    ...readdirSync(join(folder, onnx)).map((name) => join(folder, onnx, name)),
  ]
}

function writeLauncher(file: string, main: string): void {
  const environment = Object.entries(RUNTIME_ENVIRONMENT).map(([name, value]) => `export ${name}=${value}`)
  const script = `#!/bin/sh
# Runs the sensor on the Node that comes with it.
here=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit 1
${environment.join('\n')}
exec "$here/bin/node" ${RUNTIME_FLAGS.join(' ')} "$here/${main}" "$@"
`
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}
