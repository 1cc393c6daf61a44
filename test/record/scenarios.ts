import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Scenario, Stage } from './scenario.ts'

const sites = [
  'www.example.com',
  'news.example.org',
  'shop.example.net',
  'docs.example.com',
  'static.example.net',
  'app.example.org',
]

function curl({ lab }: Stage, args: string[]): void {
  lab.exec('client', 'curl', ['-sS', '-k', '--max-time', '30', '-o', '/dev/null', ...args])
}

/** A scenario's pages, one site after another, with a pause like a reader's. */
async function browse(stage: Stage, scheme: string, extra: string[] = []): Promise<void> {
  for (const [index, site] of sites.entries()) {
    curl(stage, [
      ...extra,
      `${scheme}://${site}/page`,
      '-o',
      '/dev/null',
      `${scheme}://${site}/bytes/${8000 + index * 9000}`,
    ])
    await stage.pause(120)
  }
}

async function withSshd(stage: Stage, use: (options: string[]) => Promise<void>): Promise<void> {
  const { lab, work, server } = stage
  const hostKey = path.join(work, 'host')
  const userKey = path.join(work, 'user')
  for (const file of [hostKey, userKey]) lab.exec('client', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
  const config = path.join(work, 'sshd_config')
  writeFileSync(
    config,
    `HostKey ${hostKey}\nAuthorizedKeysFile ${userKey}.pub\nStrictModes no\nPidFile none\nUsePAM no\nPort 22\nPermitRootLogin yes\n`,
  )
  lab.exec('server', 'mkdir', ['-p', '/run/sshd'])
  const sshd = lab.spawn('server', '/usr/sbin/sshd', ['-D', '-f', config])
  await stage.pause(400)
  await use([
    '-F',
    '/dev/null',
    '-i',
    userKey,
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    'UserKnownHostsFile=/dev/null',
    '-o',
    'LogLevel=ERROR',
    `root@${server.address}`,
  ])
  await lab.end(sshd)
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'web-tls',
    class: 'web',
    normal: true,
    tools: 'curl, dig (resolver of the C library), dnsmasq, a Node HTTPS server',
    purpose: 'Web pages over TLS 1.3 and 1.2, HTTP/2 and HTTP/1.1, each site looked up in DNS first.',
    async run(stage) {
      await browse(stage, 'https')
      await browse(stage, 'https', ['--http1.1', '--tls-max', '1.2'])
    },
  },
  {
    name: 'web-http',
    class: 'web',
    normal: true,
    tools: 'curl, dnsmasq, a Node HTTP server',
    purpose: 'Web pages over clear-text HTTP/1.1, one of them missing (404).',
    async run(stage) {
      await browse(stage, 'http')
      curl(stage, ['http://www.example.com/missing'])
    },
  },
  {
    name: 'web-chromium',
    class: 'web',
    normal: true,
    snapLength: 1600,
    tools: 'Chromium (headless), dnsmasq, a Node HTTPS server',
    purpose: 'A real browser opens three sites over TLS; its ClientHello has GREASE values and shuffled extensions.',
    filter: 'host 10.213.77.10 and (tcp port 443 or udp port 53)',
    async run({ lab, work }) {
      for (const [index, site] of sites.slice(0, 3).entries()) {
        lab.exec(
          'client',
          '/usr/bin/chromium',
          [
            '--headless',
            '--no-sandbox',
            '--disable-gpu',
            '--disable-quic',
            '--no-first-run',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--ignore-certificate-errors',
            `--user-data-dir=${path.join(work, `chromium-${index}`)}`,
            '--dump-dom',
            `https://${site}/page`,
          ],
          { timeout: 60_000 },
        )
      }
    },
  },
  {
    name: 'dns',
    class: 'name-service',
    normal: true,
    tools: 'dig, dnsmasq',
    purpose: 'DNS over UDP and TCP: A, AAAA, MX, TXT, an unknown name, and one question over IPv6.',
    async run({ lab, server, pause }) {
      for (const type of ['A', 'AAAA', 'MX', 'TXT'])
        lab.exec('client', 'dig', [`@${server.address}`, '+tries=1', 'lab.example', type])
      for (const site of sites) lab.exec('client', 'dig', [`@${server.address}`, '+tries=1', site, 'A'])
      lab.exec('client', 'dig', [`@${server.address}`, '+tries=1', 'absent.invalid', 'A'])
      lab.exec('client', 'dig', [`@${server.address}`, '+tcp', 'lab.example', 'A'])
      lab.exec('client', 'dig', [`@${server.address6}`, '+tries=1', 'lab.example', 'AAAA'])
      await pause(100)
    },
  },
  {
    name: 'ssh',
    class: 'remote-access',
    normal: true,
    tools: 'OpenSSH client and server',
    purpose: 'Two SSH logins: one runs a command, one a short session with pauses between commands.',
    async run(stage) {
      await withSshd(stage, async (target) => {
        stage.lab.exec('client', 'ssh', [...target, 'uname -a; ls /'])
        stage.lab.exec('client', 'ssh', [...target, 'for i in 1 2 3 4 5 6; do date; sleep 0.5; done'])
      })
    },
  },
  {
    name: 'icmp',
    class: undefined,
    normal: true,
    tools: 'ping (iputils)',
    purpose: 'ICMP echo: five answered, two to an address nobody has (the host answers itself with unreachable).',
    async run({ lab, server }) {
      lab.exec('client', 'ping', ['-c', '5', '-i', '0.2', server.address])
      lab.exec('client', 'ping', ['-c', '2', '-W', '1', '10.213.77.200'], { tolerate: true })
    },
  },
  {
    name: 'ipv6',
    class: 'web',
    normal: true,
    tools: 'curl, ping, a Node HTTPS server',
    purpose: 'The same kinds of traffic over IPv6: TLS, clear HTTP, ICMPv6 echo.',
    async run(stage) {
      const address = stage.server.address6
      for (const [index, site] of sites.entries()) {
        curl(stage, ['--resolve', `${site}:443:[${address}]`, `https://${site}/bytes/${5000 * (index + 1)}`])
        curl(stage, ['--resolve', `${site}:80:[${address}]`, `http://${site}/page`])
      }
      stage.lab.exec('client', 'ping', ['-6', '-c', '4', '-i', '0.2', address])
    },
  },
  {
    name: 'vlan',
    class: 'web',
    normal: true,
    tools: 'curl, tcpdump, tcprewrite and tcpreplay (to set the tag and play the frames)',
    purpose: 'Web traffic with IEEE 802.1Q tag 42, put on the wire by tcpreplay from a recording of curl.',
    filter: 'vlan',
    captureOn: 'server',
    async run(stage) {
      const { lab, work } = stage
      const plain = path.join(work, 'plain.pcap')
      const tagged = path.join(work, 'tagged.pcap')
      const capture = lab.spawn('server', 'tcpdump', [
        '-i',
        'eth0',
        '--immediate-mode',
        '-U',
        '-w',
        plain,
        '-Z',
        'root',
        'tcp port 443 or udp port 53',
      ])
      await stage.pause(800)
      for (const site of sites.slice(0, 3)) curl(stage, [`https://${site}/bytes/20000`])
      await stage.pause(500)
      await lab.end(capture, 'SIGINT')
      lab.exec('server', 'tcprewrite', [
        '--enet-vlan=add',
        '--enet-vlan-tag=42',
        '--enet-vlan-cfi=0',
        '--enet-vlan-pri=0',
        '-i',
        plain,
        '-o',
        tagged,
      ])
      lab.exec('server', 'tcpreplay', ['-q', '-i', 'eth0', tagged])
    },
  },
  {
    name: 'port-scan',
    class: 'scan',
    normal: false,
    findings: ['port-scan'],
    tools: 'nmap -sS',
    purpose: 'A SYN scan of the thousand most common ports of one host.',
    async run({ lab, server }) {
      lab.exec('client', 'nmap', ['-sS', '-n', '-Pn', '--max-rate', '800', server.address], { timeout: 60_000 })
    },
  },
  {
    name: 'port-scan-connect',
    class: 'scan',
    normal: false,
    findings: ['port-scan'],
    tools: 'nmap -sT',
    purpose:
      'A connect scan of 300 ports: full handshakes where a port is open, resets elsewhere. Held out from training.',
    async run({ lab, server }) {
      lab.exec('client', 'nmap', ['-sT', '-n', '-Pn', '-p', '1-300', server.address], { timeout: 60_000 })
    },
  },
  {
    name: 'host-sweep',
    class: 'scan',
    normal: false,
    findings: ['host-sweep'],
    tools: 'nmap',
    purpose: 'One port (22) probed on 200 addresses of a routed network.',
    async run({ lab, server }) {
      lab.exec('server', 'ip', ['route', 'add', 'local', '10.214.0.0/16', 'dev', 'lo'])
      lab.exec('client', 'ip', ['route', 'add', '10.214.0.0/16', 'via', server.address])
      lab.exec('client', 'nmap', ['-sS', '-n', '-Pn', '-p', '22', '--max-rate', '100', '10.214.3.1-200'], {
        timeout: 60_000,
      })
    },
  },
  {
    name: 'syn-flood',
    class: 'scan',
    normal: false,
    findings: ['syn-flood'],
    tools: 'hping3',
    purpose: '1,500 SYN segments within a second from random sources to one port.',
    filter: 'tcp port 81',
    snapLength: 96,
    async run({ lab, server, pause }) {
      lab.exec(
        'client',
        'hping3',
        ['-q', '-S', '-p', '81', '--rand-source', '-i', 'u300', '-c', '1500', server.address],
        { tolerate: true, timeout: 60_000 },
      )
      await pause(200)
    },
  },
  {
    name: 'large-transfer',
    class: 'file-transfer',
    normal: true,
    snapLength: 200,
    tools: 'curl, rsync, a Node HTTPS server',
    purpose: 'A 6 MB download and a 3 MB upload over TLS, and a 2 MB copy by the rsync protocol.',
    async run(stage) {
      const { lab, work, server } = stage
      const file = path.join(work, 'upload.bin')
      lab.exec('client', 'sh', ['-c', `head -c 3000000 /dev/urandom > ${file}`])
      curl(stage, ['--resolve', `files.example.com:443:${server.address}`, 'https://files.example.com/bytes/6000000'])
      curl(stage, [
        '--resolve',
        `files.example.com:443:${server.address}`,
        '--http1.1',
        '-T',
        file,
        'https://files.example.com/upload',
      ])
      writeFileSync(path.join(work, 'rsyncd.conf'), `uid = root\ngid = root\nuse chroot = no\n[lab]\npath = ${work}\n`)
      const daemon = lab.spawn('server', 'rsync', [
        '--daemon',
        '--no-detach',
        '--config',
        path.join(work, 'rsyncd.conf'),
      ])
      await stage.pause(400)
      lab.exec('client', 'sh', [
        '-c',
        `head -c 2000000 ${file} > ${file}.part; rsync ${file}.part rsync://${server.address}/lab/copy.bin || rsync rsync://${server.address}/lab/upload.bin ${file}.back`,
      ])
      await lab.end(daemon)
    },
  },
  {
    name: 'video-stream',
    class: 'video',
    normal: true,
    snapLength: 640,
    tools: 'curl, a Node HTTPS server',
    purpose: 'Two players fetch a segment each second over one kept-alive TLS connection, as adaptive streaming does.',
    async run({ lab, server, pause }) {
      for (const [site, octets] of [
        ['rr1---sn-lab.googlevideo.com', 180_000],
        ['ipv4-c001-lab.1.oca.nflxvideo.net', 260_000],
      ] as const) {
        const urls = Array.from({ length: 10 }, (_, i) => [
          `https://${site}/segment/${octets + ((i * 7919) % 60_000)}?n=${i}`,
          '-o',
          '/dev/null',
        ]).flat()
        lab.exec(
          'client',
          'curl',
          ['-sS', '-k', '--rate', '80/m', '--resolve', `${site}:443:${server.address}`, '-o', '/dev/null', ...urls],
          { timeout: 60_000 },
        )
        await pause(200)
      }
    },
  },
  {
    name: 'idle-keepalive',
    class: undefined,
    normal: true,
    tools: 'socat with TCP keep-alive, a TCP echo server',
    purpose: 'Three connections that carry one line and then only TCP keep-alives every two seconds.',
    async run({ lab, server, pause }) {
      const idle = [0, 1, 2].map(() =>
        lab.spawn('client', 'socat', ['-', `TCP:${server.address}:7,keepalive,keepidle=2,keepintvl=2,keepcnt=9`], {
          stdio: ['pipe', 'ignore', 'ignore'],
        }),
      )
      for (const child of idle) child.stdin!.write('still here\n')
      await pause(14_000)
      for (const child of idle) child.stdin!.end()
      await pause(600)
      for (const child of idle) await lab.end(child)
    },
  },
  {
    name: 'conferencing',
    class: 'conferencing',
    normal: true,
    snapLength: 120,
    tools: 'iperf3 in UDP mode, both directions',
    purpose:
      'Two-way UDP streams of the rates and packet sizes of voice (64 kb/s) and video (1.2 Mb/s) calls. Held out: the second call.',
    async run({ lab, server, pause }) {
      for (const [rate, length] of [
        ['64k', '160'],
        ['1200k', '1000'],
        ['600k', '900'],
      ] as const) {
        const daemon = lab.spawn('server', 'iperf3', ['-s', '-1', '-p', '3478'])
        await pause(300)
        lab.exec(
          'client',
          'iperf3',
          ['-c', server.address, '-p', '3478', '-u', '--bidir', '-b', rate, '-l', length, '-t', '4'],
          { timeout: 30_000 },
        )
        await lab.end(daemon)
      }
    },
  },
  {
    name: 'mqtt',
    class: 'iot',
    normal: true,
    tools: 'mosquitto, mosquitto_pub, mosquitto_sub',
    purpose: 'A subscriber and twelve publications of sensor readings by MQTT on port 1883.',
    async run({ lab, server, work, pause }) {
      const config = path.join(work, 'mosquitto.conf')
      writeFileSync(config, 'listener 1883\nallow_anonymous true\nuser root\n')
      const broker = lab.spawn('server', 'mosquitto', ['-c', config])
      await pause(500)
      const subscriber = lab.spawn('client', 'mosquitto_sub', ['-h', server.address, '-t', 'lab/#'])
      for (let i = 0; i < 12; i++) {
        lab.exec('client', 'mosquitto_pub', [
          '-h',
          server.address,
          '-t',
          `lab/temperature/${i % 3}`,
          '-m',
          String(20 + i / 10),
        ])
        await pause(100)
      }
      await lab.end(subscriber)
      await lab.end(broker)
    },
  },
  {
    name: 'redis',
    class: 'database',
    normal: true,
    snapLength: 160,
    tools: 'redis-server, redis-cli',
    purpose: 'Redis clients: forty commands over eight connections.',
    async run({ lab, server, work, pause }) {
      const daemon = lab.spawn('server', 'redis-server', [
        '--port',
        '6379',
        '--bind',
        server.address,
        '--protected-mode',
        'no',
        '--save',
        '',
        '--dir',
        work,
      ])
      await pause(600)
      for (let i = 0; i < 8; i++) {
        const commands = Array.from(
          { length: 5 },
          (_, j) => `SET key:${i}:${j} ${'v'.repeat(20 + i * 30)}\nGET key:${i}:${j}`,
        ).join('\n')
        lab.exec('client', 'redis-cli', ['-2', '-h', server.address], { input: `${commands}\n` })
        await pause(60)
      }
      await lab.end(daemon)
    },
  },
  {
    name: 'mail',
    class: 'mail',
    normal: true,
    tools: "curl (SMTP), Python's smtpd",
    purpose: 'Six messages of different sizes handed in by SMTP.',
    async run({ lab, server, work, pause }) {
      const daemon = lab.spawn('server', 'python3', [
        '-W',
        'ignore',
        '-m',
        'smtpd',
        '-n',
        '-c',
        'DebuggingServer',
        `${server.address}:25`,
      ])
      await pause(900)
      for (let i = 0; i < 6; i++) {
        const file = path.join(work, `mail-${i}.txt`)
        writeFileSync(
          file,
          `From: a@lab.example\r\nTo: b@lab.example\r\nSubject: ${i}\r\n\r\n${'A line of text.\r\n'.repeat(20 + i * 200)}`,
        )
        lab.exec('client', 'curl', [
          '-sS',
          `smtp://${server.address}:25/lab.example`,
          '--mail-from',
          'a@lab.example',
          '--mail-rcpt',
          'b@lab.example',
          '--upload-file',
          file,
        ])
        await pause(80)
      }
      await lab.end(daemon)
    },
  },
  {
    name: 'office-hour',
    class: undefined,
    normal: true,
    snapLength: 400,
    tools: 'curl, dig, ping, OpenSSH, dnsmasq, a Node web server',
    purpose: 'A minute of ordinary mixed work: web, names, SSH, a download, pings. No finding may come of it.',
    async run(stage) {
      const { lab, server } = stage
      const ping = lab.spawn('client', 'ping', ['-i', '1', '-c', '30', server.address])
      await withSshd(stage, async (target) => {
        const session = lab.spawn('client', 'ssh', [...target, 'for i in 1 2 3 4 5 6 7 8 9 10; do date; sleep 2; done'])
        for (let round = 0; round < 6; round++) {
          await browse(stage, round % 3 === 2 ? 'http' : 'https', round % 2 ? ['--http1.1'] : [])
          lab.exec('client', 'dig', [`@${server.address}`, 'lab.example', round % 2 ? 'AAAA' : 'MX'])
          await stage.pause(1500)
        }
        curl(stage, ['https://files.example.com/bytes/1500000'])
        await lab.end(session)
      })
      await lab.end(ping, 'SIGINT')
    },
  },
]
