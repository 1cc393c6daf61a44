/**
 * From a fresh clone to a live page: `npm run bench -- start [--warm N]`. Clones this repository's HEAD into a temporary folder,
 * sets it up and starts it with the Node of the machine, signs in and waits for the first counters; then starts it N times
 * more (3) on the same data. npm takes packages from the user's own cache where they are there. One JSON object a line.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { findCommand } from '../setup/find-command.mjs'
import { ROOT } from '../setup/paths.mjs'
import { machinePath } from '../setup/run-command.mjs'
import { startFleet } from './started-fleet.ts'

const { values } = parseArgs({ options: { warm: { type: 'string', default: '3' } } })
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-start-'))
const root = join(folder, 'clone')
/** The Node that a user has, where there is one beside the one of the dependencies. */
const node = findCommand('node', machinePath()) ?? process.execPath
const report = (what: string, seconds: number, more: object = {}) =>
  console.log(JSON.stringify({ bench: 'start', what, seconds, ...more }))

interface Step {
  readonly title: string
  readonly seconds: number
}

/** Sets the clone up as `npm run setup` does; gives the steps with their seconds. */
function setUp(): Step[] {
  const script = `
    import { setUpOrExit } from ${JSON.stringify(pathToFileURL(join(root, 'infra', 'setup', 'set-up.mjs')).href)}
    console.log(JSON.stringify(await setUpOrExit({ out: process.stderr })))`
  const output = execFileSync(node, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH: machinePath() },
  })
  return JSON.parse(output) as Step[]
}

try {
  const startedAt = performance.now()
  const elapsed = () => Math.round(performance.now() - startedAt) / 1000
  execFileSync('git', ['clone', '--quiet', ROOT, root])
  report('clone', elapsed())
  for (const { title, seconds } of setUp()) report(`set-up: ${title}`, Number(seconds.toFixed(3)))
  report('set-up', elapsed())

  const data = join(folder, 'data')
  const first = await startFleet({ root, node, data })
  report('fresh clone to live page', elapsed(), {
    node: execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(),
  })
  report('first start', first.liveSeconds, { ready: first.readySeconds, steps: first.steps })
  await first.stop()
  for (let run = 1; run <= Number(values.warm); run++) {
    const warm = await startFleet({ root, node, data, access: first.access })
    report('warm start', warm.liveSeconds, { run, ready: warm.readySeconds, steps: warm.steps })
    await warm.stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
