import { parseConfig, USAGE } from './config.ts'
import type { Config } from './config.ts'
import { DataFolder } from './data-folder.ts'
import { Fleet } from './fleet.ts'
import { watchParents } from './parents.ts'
import { makePlan } from './plan.ts'
import { firstScreen, stateLine } from './screen.ts'
import { StartError } from './start-error.ts'

/** A terminal's Ctrl-C arrives twice, once from the terminal and once passed on by npm; within this time it is one. */
const ONE_INTERRUPT_MS = 500

async function run(config: Config): Promise<number> {
  const say = (text: string) => (config.json ? console.error(text) : console.log(text))
  const startedAt = performance.now()
  const data = new DataFolder(config.dataDir)
  data.open()
  try {
    const plan = await makePlan(config)
    const report = (subject: string, text: string) => say(stateLine(subject, text))
    const fleet = new Fleet({ config, plan, data, report })
    const end = awaitEnd(() => fleet.kill())
    try {
      const facts = await Promise.race([fleet.start(), end.then(() => undefined)])
      if (!facts) {
        say(stateLine('picket', `stopping: ${await end}`))
        return 0
      }
      say(firstScreen(facts, { config, plan, data }))
      const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2))
      if (config.json)
        console.log(
          JSON.stringify({
            ready: true,
            ...facts,
            ...facts.administrator,
            pids: fleet.pids,
            data: data.path,
            logs: data.logs,
            seconds,
          }),
        )
      say(stateLine('picket', `stopping: ${await end}`))
      return 0
    } finally {
      await fleet.stop()
    }
  } finally {
    data.close()
  }
}

/** Resolves with the reason to stop; a second interrupt calls `force` and ends this process. */
function awaitEnd(force: () => void): Promise<string> {
  return new Promise((resolve) => {
    let firstAt: number | undefined
    const onSignal = (signal: string) => {
      if (firstAt === undefined) {
        firstAt = performance.now()
        resolve(signal === 'SIGINT' ? 'Ctrl-C' : signal)
      } else if (performance.now() - firstAt > ONE_INTERRUPT_MS) {
        console.error('forced to stop')
        force()
      }
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
    watchParents(() => onSignal('the process that started it is gone'))
  })
}

try {
  const config = parseConfig(process.argv.slice(2), process.env)
  if (config === 'help') console.log(USAGE)
  else process.exitCode = await run(config)
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(`picket: ${error.message}\n  what to do: ${error.remedy}`)
  process.exitCode = error.exitCode
}
process.exit()
