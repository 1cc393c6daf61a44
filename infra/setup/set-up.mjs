import { capStep, ringStep } from './native-steps.mjs'
import { consoleStep } from './console-step.mjs'
import { dependenciesStep } from './dependencies-step.mjs'
import { machineStep } from './machine-step.mjs'
import { Progress } from './progress.mjs'
import { runtimeStep } from './runtime-step.mjs'
import { sensorStep } from './sensor-step.mjs'
import { withSetupLock } from './setup-lock.mjs'
import { SetupError } from './setup-error.mjs'
import { systemPackagesStep } from './system-packages-step.mjs'
import { SYSTEM_PACKAGES, TEST_PACKAGES } from './system-packages.mjs'
import { threadsStep } from './threads-step.mjs'

/**
 * Brings this clone to the state in which everything runs; does only what is missing or stale.
 * @param {{ tests?: boolean, out?: NodeJS.WriteStream }} [options] `tests` adds what only the tests use
 * @returns {Promise<{ title: string, seconds: number }[]>} the steps that had something to do
 */
export function setUp(options = {}) {
  const out = options.out || process.stdout
  const onWait = () =>
    out.write('Waiting for another set-up of this clone (if there is none: remove .picket/setup.lock)\n')
  return withSetupLock(() => takeSteps(Boolean(options.tests), out), onWait)
}

async function takeSteps(tests, out) {
  const progress = new Progress(out)
  const steps = [
    machineStep,
    systemPackagesStep(SYSTEM_PACKAGES),
    dependenciesStep,
    runtimeStep,
    ringStep,
    capStep,
    sensorStep,
    threadsStep,
    consoleStep,
  ]
  if (tests) steps.push(systemPackagesStep(TEST_PACKAGES, 'test packages'))
  const done = []
  for (const step of steps) {
    const reason = step.needed()
    if (reason === undefined) continue
    if (done.length === 0) out.write('Picket set-up\n')
    progress.start(step.title, reason)
    const startedAt = Date.now()
    try {
      progress.end('✓', await step.run(progress))
    } catch (error) {
      progress.end('✗', 'failed')
      throw error
    }
    done.push({ title: step.title, seconds: (Date.now() - startedAt) / 1000 })
  }
  return done
}

/** Runs the set-up for a command line: a failure is said in plain lines and ends the process with exit code 2. */
export async function setUpOrExit(options) {
  try {
    return await setUp(options)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    for (const line of error.lines) process.stderr.write(`    ${line}\n`)
    process.stderr.write(`picket: ${error.message}\n  what to do: ${error.remedy}\n`)
    process.exit(2)
  }
}
