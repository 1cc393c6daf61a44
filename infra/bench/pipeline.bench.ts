/**
 * What the fleet costs and how fast it is: `npm run bench -- pipeline [--minutes 1] [--samples 60] [--rate 1000]`. The product
 * is started by its own start script inside a network namespace whose one wire leads to another namespace, so that only what
 * is sent on purpose is on the wire. Needs root. One JSON object a line.
 */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { findCommand } from '../setup/find-command.mjs'
import { Wire } from './wire.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

if (process.getuid?.() !== 0 || !findCommand('ip')) {
  console.error('picket: this benchmark makes network namespaces: it needs root and iproute2')
  process.exit(2)
}
const wire = new Wire()
try {
  const answering = wire.spawn(
    wire.peer,
    [file('flow-traffic.ts'), 'answer', wire.peerAddress],
    ['ignore', 'pipe', 'inherit'],
  )
  if (answering.stdout) await once(answering.stdout, 'data')
  const inside = wire.spawn(
    wire.fleet,
    [file('pipeline-inside.ts'), wire.peerAddress, ...process.argv.slice(2)],
    'inherit',
  )
  const [code] = (await once(inside, 'exit')) as [number | null]
  process.exitCode = code ?? 1
  answering.kill()
} finally {
  wire.remove()
}
