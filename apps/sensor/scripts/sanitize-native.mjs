// Compiles the addons with AddressSanitizer and UndefinedBehaviorSanitizer and exercises them: `npm run sanitize`. Needs root (rings
// over the loopback interface) and the sanitizers' runtime of gcc.
//
// Exit 0: clean, or skipped with its reason; 1: the compiler failed, a step failed or a sanitizer complained.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const scripts = dirname(fileURLToPath(import.meta.url))
const native = join(scripts, '..', 'native')
const headers = join(scripts, '..', '..', '..', 'node_modules', 'node-api-headers', 'include')
const compiler = process.env.CXX ?? 'g++'
const flags = ['-std=c++17', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-fno-omit-frame-pointer']
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=undefined']

function runtimeLibrary() {
  const { stdout } = spawnSync(compiler, ['-print-file-name=libasan.so'], { encoding: 'utf8' })
  const file = (stdout ?? '').trim()
  return file.startsWith('/') && existsSync(file) ? file : undefined
}

function compile(name, folder) {
  const args = [...flags, ...sanitizers, '-I', headers, '-o', join(folder, `${name}.node`), join(native, `${name}.cc`)]
  return spawnSync(compiler, args, { stdio: 'inherit' }).status === 0
}

function exercise(folder, library) {
  // What Node itself keeps until its end is no leak of the addons.
  const env = { ...process.env, LD_PRELOAD: library, ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0' }
  const args = ['--expose-gc', join(scripts, 'exercise-addons.mjs'), folder]
  return spawnSync(process.execPath, args, { stdio: 'inherit', env }).status === 0
}

function main() {
  const library = runtimeLibrary()
  const lacks =
    process.platform !== 'linux' ? 'Linux' : process.getuid() !== 0 ? 'root' : library ? '' : 'libasan, a part of gcc'
  if (lacks !== '') {
    console.log(`skipped: sanitizers: needs ${lacks}`)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'picket-sanitize-'))
  try {
    const isBuilt = ['ring', 'process', 'links', 'filter'].every((name) => compile(name, folder))
    return isBuilt && exercise(folder, library) ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = main()
