import { describe, expect, test } from 'vitest'
import { formatHostPort, parseRunConfig } from './config.ts'

const needed = ['--collector', 'collector.example:7443', '--state', '/var/lib/picket']

describe('configuration of run', () => {
  test('fills what is not given', () => {
    expect(parseRunConfig(needed)).toMatchObject({
      config: {
        collector: { host: 'collector.example', port: 7443 },
        enrol: { host: 'collector.example', port: 7444 },
        stateFolder: '/var/lib/picket',
        interfaces: undefined,
        replay: undefined,
        spoolBytes: 268_435_456,
      },
    })
  })

  test('takes lists, labels with any value, and IPv6', () => {
    const args = ['--collector', '[2001:db8::1]:7443', '--state', 's', '--label', 'env=prod', '--label', 'note=a=b c']
    const parsed = parseRunConfig([
      ...args,
      '--interface',
      'eth0',
      '--interface',
      'eth1',
      '--replay',
      'a.pcap',
      '--speed',
      '2.5',
    ])
    expect(parsed).toMatchObject({
      config: {
        collector: { host: '2001:db8::1', port: 7443 },
        labels: { env: 'prod', note: 'a=b c' },
        interfaces: ['eth0', 'eth1'],
        replay: { files: ['a.pcap'], speed: 2.5 },
      },
    })
  })

  test('takes rings by interface, or for every interface that is named', () => {
    const fanoutOf = (...args: string[]) => parseRunConfig([...needed, ...args])
    const named = fanoutOf('--interface', 'eth0', '--interface', 'eth1', '--fanout', '4', '--fanout', 'eth1=2')
    expect(named).toMatchObject({
      config: {
        fanout: new Map([
          ['eth0', 4],
          ['eth1', 2],
        ]),
      },
    })
    expect(fanoutOf('--fanout', 'eth0=2')).toMatchObject({ config: { fanout: new Map([['eth0', 2]]) } })
    expect(fanoutOf('--fanout', '2')).toEqual({
      mistakes: ['--fanout 2: must be NAME=N where no --interface is given'],
    })
    expect(fanoutOf('--fanout', 'eth0=17')).toHaveProperty('mistakes')
  })

  test('says all mistakes at once, each with its setting, value and what is allowed', () => {
    const parsed = parseRunConfig([
      '--collector',
      'nowhere',
      '--speed',
      'fast',
      '--label',
      'x',
      '--interfaces',
      'eth0',
      'stray',
    ])
    expect(parsed).toHaveProperty('mistakes')
    const { mistakes } = parsed as { mistakes: string[] }
    const has = (...parts: string[]) =>
      expect(mistakes.some((line) => parts.every((part) => line.includes(part)))).toBe(true)
    has('--collector nowhere', 'HOST:PORT')
    has('--speed fast', 'number')
    has('--label x', 'key=value')
    has('--interfaces', 'no such option')
    has('stray', 'no arguments')
    has('--state', 'must be given')
    expect(mistakes.every((line) => !line.includes('\n'))).toBe(true)
  })

  test('an option without its value is one mistake', () => {
    expect(parseRunConfig([...needed, '--token-file'])).toEqual({ mistakes: ['--token-file: needs a value'] })
  })

  test.each(['host:0', 'host:65536', 'host', '::1:7443', 'http://host:7443'])('refuses %s as a place', (text) => {
    expect(parseRunConfig(['--collector', text, '--state', 's'])).toHaveProperty('mistakes')
  })

  test('writes IPv6 places with brackets', () => {
    expect(formatHostPort({ host: '::1', port: 1 })).toBe('[::1]:1')
    expect(formatHostPort({ host: 'h', port: 1 })).toBe('h:1')
  })
})
