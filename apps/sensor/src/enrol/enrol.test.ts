import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { TestAuthority } from '../../test/test-authority.ts'
import { TestCollector } from '../../test/test-collector.ts'
import { ensureIdentity, type EnrolOptions } from './enrol.ts'
import { parseToken } from './token.ts'

async function setUp(names?: readonly string[]) {
  const collector = await TestCollector.create(names)
  onTestFinished(() => collector.stop())
  const folder = temporaryFolder()
  const retries: string[] = []
  const stopping = new AbortController()
  const optionsFor = (token: string | undefined): EnrolOptions => {
    const tokenFile = token === undefined ? undefined : join(folder, 'token')
    if (tokenFile && token) writeFileSync(tokenFile, `${token}\n`)
    return {
      collector: { host: '127.0.0.1', port: collector.enrolPort },
      tokenFile,
      stateFolder: join(folder, 'state'),
      hostname: 'web-1',
      labels: { env: 'test' },
      backoff: { initialMs: 10, limitMs: 50, random: () => 0.5 },
      onRetry: (_attempt, reason) => retries.push(reason),
      signal: stopping.signal,
    }
  }
  return { collector, optionsFor, retries, stopping }
}

describe('enrolment', () => {
  test('gives an identity once, kept for its owner alone, and needs no token afterwards', async () => {
    const { collector, optionsFor } = await setUp()
    const options = optionsFor(collector.createToken())
    const identity = await ensureIdentity(options)
    expect(identity.authorities.replaceAll(/\s/g, '')).toBe(collector.authority.pem.replaceAll(/\s/g, ''))
    expect(statSync(options.stateFolder).mode & 0o777).toBe(0o700)
    expect(statSync(join(options.stateFolder, 'key.pem')).mode & 0o777).toBe(0o600)
    collector.stop()
    expect(await ensureIdentity({ ...options, tokenFile: undefined })).toEqual(identity)
  })

  test('refuses a collector whose authority has another fingerprint', async () => {
    const { collector, optionsFor } = await setUp()
    const secret = parseToken(collector.createToken())?.secret
    const other = await TestAuthority.create()
    const enrolment = ensureIdentity(optionsFor(`picket1_${secret}_${other.fingerprint}`))
    await expect(enrolment).rejects.toMatchObject({ code: 'fingerprint-mismatch', exitCode: 2 })
    expect(collector.tokens.size).toBe(1)
  })

  test('refuses a collector that is not the one it was asked for', async () => {
    const { collector, optionsFor } = await setUp(['collector.example'])
    await expect(ensureIdentity(optionsFor(collector.createToken()))).rejects.toMatchObject({ code: 'collector-name' })
  })

  test('says that a token is used up', async () => {
    const { collector, optionsFor } = await setUp()
    const token = collector.createToken()
    await ensureIdentity(optionsFor(token))
    const second = { ...optionsFor(token), stateFolder: join(temporaryFolder(), 'state') }
    await expect(ensureIdentity(second)).rejects.toMatchObject({ code: 'token-refused', exitCode: 2 })
  })

  test('keeps trying while the collector cannot be reached', async () => {
    const { collector, optionsFor, retries } = await setUp()
    const options = optionsFor(collector.createToken())
    collector.stop()
    const enrolment = ensureIdentity(options)
    await eventually('two retries', () => retries.length >= 2)
    await collector.listen()
    expect((await enrolment).sensorId).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('stops trying when it is told to', async () => {
    const { collector, optionsFor, retries, stopping } = await setUp()
    const options = optionsFor(collector.createToken())
    collector.stop()
    const enrolment = ensureIdentity(options)
    await eventually('a retry', () => retries.length >= 1)
    stopping.abort()
    await expect(enrolment).rejects.toThrow(/abort/)
  })

  test.each([
    ['no token and no identity', undefined, 'token-needed'],
    ['a token cut short', 'picket1_abc_def', 'token-malformed'],
  ])('refuses %s', async (_what, token, code) => {
    const { optionsFor } = await setUp()
    await expect(ensureIdentity(optionsFor(token))).rejects.toMatchObject({ code, exitCode: 2 })
  })

  test('refuses a damaged identity instead of enrolling over it', async () => {
    const { collector, optionsFor } = await setUp()
    const options = optionsFor(collector.createToken())
    await ensureIdentity(options)
    writeFileSync(join(options.stateFolder, 'identity.json'), '{"sensorId":')
    await expect(ensureIdentity(options)).rejects.toMatchObject({ code: 'identity-damaged', exitCode: 2 })
  })
})

describe('token', () => {
  test('is split by length, because base64url holds underscores', () => {
    const secret = `${'_'.repeat(42)}A`
    const fingerprint = `${'-_'.repeat(21)}B`
    expect(parseToken(` picket1_${secret}_${fingerprint}\n`)).toEqual({ secret, fingerprint })
    expect(parseToken(`picket2_${secret}_${fingerprint}`)).toBeUndefined()
  })
})
