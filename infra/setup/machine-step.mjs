import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { findCommand } from './find-command.mjs'
import { machinePath } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const OLDEST_NODE = 18

/** What must be on the machine before anything else; shown as a step only on the first set-up. */
export const machineStep = {
  title: 'machine',
  needed() {
    const major = Number(process.versions.node.split('.')[0])
    if (major < OLDEST_NODE)
      throw new SetupError(
        `Node ${process.version} is too old to set up Picket`,
        `install Node ${OLDEST_NODE} or newer; Picket then brings the Node it runs on itself`,
      )
    if (process.platform === 'win32')
      throw new SetupError('Picket does not run on Windows', 'use Linux (WSL 2 will do) or macOS')
    return existsSync(join(ROOT, 'node_modules', '.picket-stamp')) ? undefined : 'checking Node, npm and the compiler'
  },
  async run() {
    if (!process.env.npm_execpath && !findCommand('npm', machinePath()))
      throw new SetupError('npm is not on this machine', 'install npm (it comes with Node)')
    const tools = ['python3', 'make', 'g++'].map((tool) => (findCommand(tool) ? tool : `no ${tool}`))
    return `${process.platform}-${process.arch}, Node ${process.version}, ${tools.join(', ')}`
  },
}
