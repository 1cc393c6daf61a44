import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Config } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import type { FleetFacts } from './fleet.ts'
import type { Plan } from './plan.ts'

const LABEL_WIDTH = 16

/** The one screen that tells how to use a fleet that is up. */
export function firstScreen(
  facts: FleetFacts,
  { config, plan, data }: { config: Config; plan: Plan; data: DataFolder },
): string {
  const here = (path: string) => relative(process.env.INIT_CWD ?? process.cwd(), path) || '.'
  const { administrator } = facts
  const rows: [string, string][] = [
    ['open', facts.url],
    ...(administrator
      ? ([
          ['sign in as', administrator.email],
          ['password', `${administrator.password}   (shown this once; change it in the console)`],
        ] as [string, string][])
      : ([['sign in as', 'the administrator made at the first start']] as [string, string][])),
    ...facts.sensors.map((sensor): [string, string] => [
      `sensor ${sensor.name}`,
      sensor.captures.length > 0 ? sensor.captures.join(', ') : 'waiting for an interface',
    ]),
    ...(facts.sensors.length === 0 ? ([['sensor', 'none on this host']] as [string, string][]) : []),
    ['sensors stream to', `${plan.publicHost}:${plan.streamPort} (enrolment: ${plan.enrolPort})`],
    ['sensor archive', describeBundles(config.bundlesDir)],
    ['data', here(data.path)],
    ['logs', join(here(data.logs), '*.log')],
  ]
  const width = Math.max(LABEL_WIDTH, ...rows.map(([label]) => label.length))
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`)
  return ['', 'Picket is up', '', ...lines, '', 'Ctrl-C stops everything.', ''].join('\n')
}

function describeBundles(folder: string): string {
  const archives = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.tar.gz')) : []
  if (archives.length === 0) return 'none yet; npm run bundle makes it, to install sensors on other hosts'
  return archives.map((name) => `${name} (${(statSync(join(folder, name)).size / 1e6).toFixed(1)} MB)`).join(', ')
}

/** A line that tells a change of state, with the time of day. */
export function stateLine(subject: string, text: string, now = new Date()): string {
  return `${now.toTimeString().slice(0, 8)}  ${subject.padEnd(12)} ${text}`
}
