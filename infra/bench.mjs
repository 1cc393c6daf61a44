// `npm run bench -- NAME [args]`: runs the file NAME.bench.ts of whichever workspace has it; one JSON object a line.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from './setup/paths.mjs'
import { setUpOrExit } from './setup/set-up.mjs'
import { handOver } from './setup/hand-over.mjs'

const SUFFIX = '.bench.ts'

/** Benchmarks by name; they lie in the `bench` folder of a workspace. */
function findBenchmarks() {
  const workspaces = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name)),
  )
  const folders = [...workspaces, join(ROOT, 'infra'), join(ROOT, 'test')].map((path) => join(path, 'bench'))
  const files = folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith(SUFFIX))
  return new Map(files.map((file) => [basename(file, SUFFIX), file]))
}

const benchmarks = findBenchmarks()
const [name, ...args] = process.argv.slice(2)
const file = benchmarks.get(name)
if (file) {
  await setUpOrExit({ out: process.stderr })
  handOver(['--expose-gc', file, ...args])
} else {
  const names = [...benchmarks.keys()].sort().join(', ')
  process.stderr.write(`picket: ${name ? `no benchmark is called ${name}` : 'which benchmark?'}; there are: ${names}\n`)
  process.exitCode = 2
}
