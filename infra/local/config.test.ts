import { expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import type { Config } from './config.ts'

const parse = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  parseConfig(args, { INIT_CWD: '/somewhere', ...env }) as Config

test('without flags, the defaults', () => {
  expect(parse([])).toMatchObject({
    host: '127.0.0.1',
    port: 7400,
    streamPort: 7443,
    enrolPort: 7444,
    sensors: 1,
    replay: [],
  })
})

test('paths are taken from where the user called npm', () => {
  const config = parse(['--data', 'here', '--replay', 'a.pcap', '--replay', '/b.pcap', '--speed', '2.5'])
  expect(config).toMatchObject({ dataDir: '/somewhere/here', replay: ['/somewhere/a.pcap', '/b.pcap'], speed: 2.5 })
})

test('port 0 asks for free ports, for enrolment too', () => {
  expect(parse(['--port', '0', '--stream-port=0'])).toMatchObject({ port: 0, streamPort: 0, enrolPort: 0 })
})

test('--no-sensor runs none', () => {
  expect(parse(['--no-sensor']).sensors).toBe(0)
})

test('--help wins over mistakes', () => {
  expect(parseConfig(['--help', '--bogus'], {})).toBe('help')
})

test('all mistakes are named at once', () => {
  const read = () =>
    parse(['word', '--bogus', '--port', '70000', '--sensors', '1.5', '--speed', '0', '--data'], {
      REDIS_URL: 'http://x',
    })
  for (const words of [
    'word: not a flag',
    '--bogus: no such flag',
    '--port 70000',
    '--sensors 1.5',
    '--speed goes with',
    '--data needs a value',
    'REDIS_URL',
  ]) {
    expect(read).toThrow(words)
  }
})

test.each([
  [['--no-sensor', '--sensors', '2'], 'exclude each other'],
  [['--no-sensor', '--replay', 'x'], '--replay needs a sensor'],
  [['--json=yes'], '--json takes no value'],
])('%j is refused', (args, words) => {
  expect(() => parse(args)).toThrow(words)
})
