import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../setup/paths.mjs'
import { makeBundle } from './bundle.ts'
import type { Bundle } from './bundle.ts'
import { fillBundle, nativeParts } from './contents.ts'
import { checkElf } from './elf.ts'
import { HOST, prepareParts, targetNamed, whyNoParts } from './target.ts'

const folder = mkdtempSync(join(tmpdir(), 'picket-bundle-test-'))
const launcher = join(folder, 'bin', 'picket-sensor')
let bundle: Bundle

/** A search path on which there is no Node, as on a host that has nothing but the archive. */
const bare = { PATH: '/usr/bin:/bin' }

beforeAll(async () => {
  bundle = await makeBundle(join(ROOT, '.picket', 'bundles'))
  execFileSync('tar', ['-xzf', bundle.file, '-C', folder, '--strip-components=1'])
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the archive weighs at most 70 MB and its checksum file is right', () => {
  expect(bundle.bytes).toBeLessThanOrEqual(70e6)
  const check = spawnSync('sha256sum', ['-c', `${basename(bundle.file)}.sha256`], {
    cwd: dirname(bundle.file),
    encoding: 'utf8',
  })
  expect(check.stdout).toBe(`${basename(bundle.file)}: OK\n`)
})

test('the same inputs are not packed again', async () => {
  expect((await makeBundle(dirname(bundle.file))).built).toBe(false)
})

test('its code finds everything in the archive alone: interfaces', () => {
  const result = spawnSync(launcher, ['interfaces'], { env: bare, cwd: '/', encoding: 'utf8' })
  expect(result.stderr).toBe('')
  const names = result.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { name: string }).name)
  expect(names).toContain(process.platform === 'darwin' ? 'lo0' : 'lo')
})

test('its models and ONNX runtime score a capture', () => {
  const capture =
    execFileSync('find', [join(ROOT, 'test', 'cases'), '-name', '*.pcap*'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .toSorted()[0] ?? ''
  expect(existsSync(capture)).toBe(true)
  const result = spawnSync(launcher, ['score', capture], { env: bare, cwd: '/', encoding: 'utf8' })
  expect(result.stderr).toBe('')
  const flows = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { picket: { anomaly?: number } })
  expect(flows.some((flow) => typeof flow.picket.anomaly === 'number')).toBe(true)
})

const arm64 = targetNamed('linux-arm64') ?? HOST
const whyNoArm64 = whyNoParts(arm64)
if (whyNoArm64) console.log(`skipped: archive for arm64: ${whyNoArm64}`)

test.skipIf(whyNoArm64)(
  'every native part of the archive for arm64 is for arm64',
  async () => {
    const contents = join(folder, 'arm64')
    mkdirSync(contents)
    prepareParts(arm64)
    await fillBundle(contents, arm64)
    const parts = nativeParts(contents, arm64)
    expect(parts.map((part) => basename(part)).toSorted()).toEqual(
      expect.arrayContaining([
        'filter.node',
        'links.node',
        'node',
        'onnxruntime_binding.node',
        'process.node',
        'ring.node',
      ]),
    )
    for (const part of parts) expect(() => checkElf(part, 'arm64')).not.toThrow()
    for (const part of parts) expect(() => checkElf(part, 'x64')).toThrow(`is not for x64`)
  },
  120_000,
)
