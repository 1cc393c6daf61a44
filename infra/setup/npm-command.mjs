import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCommand } from './find-command.mjs'
import { RUNTIME, ROOT } from './paths.mjs'
import { machinePath, runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

/** Where a Node 24 is put for npm alone, outside of the node_modules that npm replaces. */
const STAGE = join(ROOT, '.picket', 'runtime')
const PACKAGE = `node_modules/node-${process.platform}-${process.arch}`

/** npm leaves out optional packages, native bindings among them, that do not declare the Node it runs on. */
function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)
}

function npmScript() {
  const given = process.env.npm_execpath
  const script = given && given.endsWith('.js') ? given : realpathSync(findCommand('npm', machinePath()) || 'npm')
  return script.endsWith('.js') && existsSync(script) ? script : undefined
}

async function stageRuntime() {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages[PACKAGE] || {}
  const node = join(STAGE, PACKAGE, 'bin', 'node')
  if (existsSync(node)) return node
  mkdirSync(STAGE, { recursive: true })
  writeFileSync(join(STAGE, 'package.json'), '{ "private": true }\n')
  const name = PACKAGE.split('/')[1]
  const args = [
    'install',
    '--prefix',
    STAGE,
    '--no-save',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const result = await runCommand('npm', [...args, `${name}@${version}`], { env: { PATH: machinePath() } })
  if (result.code !== 0)
    throw new SetupError(
      'Node 24 could not be fetched',
      'check the network and the npm registry setting, then run the same command again',
      result.lines,
    )
  return node
}

/** The command that runs npm, on a Node that every locked package accepts. */
export async function npmCommand() {
  const script = npmScript()
  if (!script) return { command: 'npm', args: [] }
  if (!isNewEnough()) return { command: await stageRuntime(), args: [script] }
  const own = process.execPath === RUNTIME ? process.env.npm_node_execpath : process.execPath
  return own && existsSync(own) ? { command: own, args: [script] } : { command: 'npm', args: [] }
}
