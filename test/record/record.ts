import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Lab } from '../lab/lab.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios.ts'

/**
 * Records test cases anew: `node test/record/record.ts [CASE...]`. Needs root and the tools each scenario names
 * (Debian: tcpdump ethtool dnsmasq-base curl dnsutils openssh-server nmap hping3 iperf3 tcpreplay mosquitto rsync redis chromium).
 */
const cases = path.join(import.meta.dirname, '..', 'cases')
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !scenarios.some((scenario) => scenario.name === name))
if (unknown.length > 0 || !Lab.available()) {
  console.error(unknown.length > 0 ? `no such case: ${unknown.join(', ')}` : 'recording needs root on Linux')
  process.exit(2)
}
for (const scenario of scenarios.filter(({ name }) => wanted.length === 0 || wanted.includes(name)))
  await record(scenario)

async function record(scenario: Scenario): Promise<void> {
  const lab = new Lab(77)
  const work = mkdtempSync(path.join(tmpdir(), 'picket-record-'))
  const folder = path.join(cases, scenario.name)
  mkdirSync(folder, { recursive: true })
  try {
    const server = lab.addHost('server')
    const client = lab.addHost('client', { nameserver: server.address })
    lab.wireLike('client')
    lab.wireLike('server')
    await serve(lab, work)
    const file = path.join(folder, 'capture.pcap')
    const snap = scenario.snapLength ? ['-s', String(scenario.snapLength)] : []
    const filter = scenario.filter ?? 'not (icmp6 and (ip6[40] >= 130 and ip6[40] <= 143)) and not udp port 5353'
    const capture = lab.spawn(
      scenario.captureOn ?? 'client',
      'tcpdump',
      ['-i', 'eth0', '--immediate-mode', '-B', '16384', '-U', '-w', file, ...snap, '-Z', 'root', filter],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    await once(capture.stderr!, 'data')
    await scenario.run({ lab, client, server, work, pause: async (ms) => void (await pause(ms)) })
    await pause(1500)
    await lab.end(capture, 'SIGINT')
    describe(scenario, folder)
    console.log(JSON.stringify({ case: scenario.name, bytes: statSync(file).size }))
  } finally {
    await lab.destroy()
    rmSync(work, { recursive: true, force: true })
  }
}

async function serve(lab: Lab, work: string): Promise<void> {
  const { address, address6 } = lab.host('server')
  const web = lab.spawn('server', process.execPath, [path.join(import.meta.dirname, 'servers.ts'), address, work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(web.stdout!, 'data')
  lab.spawn('server', 'dnsmasq', [
    '--keep-in-foreground',
    '--no-resolv',
    '--no-hosts',
    '--conf-file=/dev/null',
    '--user=root',
    `--address=/lab.example/${address}`,
    `--address=/lab.example/${address6}`,
    '--mx-host=lab.example,mail.lab.example,10',
    '--txt-record=lab.example,v=spf1 -all',
    `--address=/com/${address}`,
    `--address=/org/${address}`,
    `--address=/net/${address}`,
  ])
  await pause(500)
}

function describe(scenario: Scenario, folder: string): void {
  const { purpose, tools, findings = [], normal } = scenario
  writeFileSync(
    path.join(folder, 'case.json'),
    JSON.stringify({ class: scenario.class, normal, findings }, null, 2) + '\n',
  )
  writeFileSync(
    path.join(folder, 'README.md'),
    `# ${scenario.name}

${purpose}

- Origin: recorded by \`node test/record/record.ts ${scenario.name}\` between two network namespaces on one machine; no other traffic.
- Tools: ${tools}.${scenario.snapLength ? `\n- Packets are cut to ${scenario.snapLength} octets; lengths in the flow are those of the wire.` : ''}
- Expectation: \`expected.ndjson\` holds the flows \`meter\` gives; \`npm run golden:update\` rewrites it, and the change is read like code.
`,
  )
}
