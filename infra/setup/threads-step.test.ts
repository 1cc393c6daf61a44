import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { runtimeEnvironment } from './hand-over.mjs'
import { ROOT, RUNTIME } from './paths.mjs'
import { THREADS, threadsStep } from './threads-step.mjs'

/** They fail for want of what a thread is given, after all their modules were read. */
const START = `new (require('node:worker_threads').Worker)(process.argv[1]).on('error', () => {})`

beforeAll(async () => {
  if (threadsStep.needed() !== undefined) await threadsStep.run()
})

test.each(THREADS)('no thread strips types: %s and all it imports lie stripped', (path) => {
  const env = { ...runtimeEnvironment(), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  const { stdout, stderr } = spawnSync(RUNTIME, ['--eval', START, join(ROOT, path)], { encoding: 'utf8', env })
  const wanted = `${stdout}${stderr}`.split('\n').filter((line) => /(retrieving|no) transpile cache/.test(line))
  expect(wanted.length).toBeGreaterThan(1)
  expect(wanted.filter((line) => !line.endsWith('...success'))).toEqual([])
})
