import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Metadata, status, type ServiceError } from '@grpc/grpc-js'
import { EnrolmentServiceClient, type EnrolRequest, type EnrolResponse } from '@picket/proto'
import { formatHostPort, type HostPort } from '../config.ts'
import { reasonOf, SensorError, sensorErrors } from '../errors.ts'
import { operatingSystemName, platformName, sensorVersion } from '../host/platform.ts'
import { backoffDelay, type BackoffOptions } from '../uplink/backoff.ts'
import { createCredentials } from '../uplink/credentials.ts'
import { certificateFingerprint, fetchAuthority } from './authority.ts'
import { loadIdentity, loadKey, prepareStateFolder, saveIdentity, saveKey, type Identity } from './identity.ts'
import { parseToken, type EnrolmentToken } from './token.ts'

const connectTimeoutMs = 10_000
const callTimeoutMs = 20_000

export interface EnrolOptions {
  readonly collector: HostPort
  readonly tokenFile: string | undefined
  readonly stateFolder: string
  readonly hostname: string
  readonly labels: Record<string, string>
  readonly backoff: BackoffOptions
  /** Told before every wait: the attempt from 1, why it failed, and how long the wait is. */
  readonly onRetry: (attempt: number, reason: string, delayMs: number) => void
  readonly signal: AbortSignal
}

/**
 * The identity of this sensor: the one in the state folder, or a new one for the token. Tries until the collector
 * answers or the signal aborts; fails, coded, with what trying again cannot mend.
 */
export async function ensureIdentity(options: EnrolOptions): Promise<Identity> {
  await prepareStateFolder(options.stateFolder)
  const known = await loadIdentity(options.stateFolder)
  if (known) {
    await refuseOtherCollector(known, options)
    return known
  }
  if (options.tokenFile === undefined) throw sensorErrors.tokenNeeded(options.stateFolder)
  const token = await readToken(options.tokenFile)
  for (let attempt = 0; ; attempt++) {
    try {
      return await enrolOnce(token, options)
    } catch (error) {
      if (error instanceof SensorError) throw error
      const delay = backoffDelay(attempt, options.backoff)
      options.onRetry(attempt + 1, reasonOf(error), delay)
      await sleep(delay, undefined, { signal: options.signal })
    }
  }
}

async function enrolOnce(token: EnrolmentToken, options: EnrolOptions): Promise<Identity> {
  const { collector, stateFolder } = options
  const authorities = await fetchAuthority(collector, token.fingerprint, connectTimeoutMs)
  // Loaded for the one start that needs it: the X.509 library takes 9 MB of resident memory.
  const { createSigningRequest, generateKey } = await import('./signing-request.ts')
  const privateKey = (await loadKey(stateFolder)) ?? (await generateKey())
  await saveKey(stateFolder, privateKey)
  const response = await callEnrol(collector, authorities, {
    token: token.secret,
    signingRequest: await createSigningRequest(privateKey, options.hostname),
    hostname: options.hostname,
    platform: platformName,
    version: sensorVersion,
    labels: options.labels,
    osName: operatingSystemName(),
  })
  // Trust stays with the authority the token named, whatever else the response may list.
  const identity = { sensorId: response.sensorId, privateKey, certificateChain: response.certificateChain, authorities }
  await saveIdentity(stateFolder, identity)
  return identity
}

async function callEnrol(collector: HostPort, authorities: string, request: EnrolRequest): Promise<EnrolResponse> {
  const where = formatHostPort(collector)
  const client = new EnrolmentServiceClient(where, createCredentials({ authorities }), {
    'grpc.use_local_subchannel_pool': 1,
  })
  try {
    return await new Promise((resolve, reject) => {
      client.enrol(request, new Metadata(), { deadline: Date.now() + callTimeoutMs }, (error, response) =>
        error ? reject(toEnrolmentError(error, where)) : resolve(response),
      )
    })
  } finally {
    client.close()
  }
}

/** What the collector decided is final; anything else may pass and stays an ordinary error. */
function toEnrolmentError(error: ServiceError, where: string): Error {
  if (error.code === status.UNAUTHENTICATED) return sensorErrors.tokenRefused(where, error.details)
  if (error.code === status.INVALID_ARGUMENT || error.code === status.UNIMPLEMENTED)
    return sensorErrors.enrolmentRefused(where, error.details)
  return error
}

async function readToken(file: string): Promise<EnrolmentToken> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw sensorErrors.tokenUnreadable(file, reasonOf(error))
  }
  const token = parseToken(text)
  if (!token) throw sensorErrors.tokenMalformed(file)
  return token
}

/** A token left beside an identity is old news, unless it names another authority: then the operator meant another fleet. */
async function refuseOtherCollector(identity: Identity, { tokenFile, stateFolder }: EnrolOptions): Promise<void> {
  if (tokenFile === undefined) return
  const token = parseToken(await readFile(tokenFile, 'utf8').catch(() => ''))
  const fingerprint = certificateFingerprint(new X509Certificate(identity.authorities).raw)
  if (token && token.fingerprint !== fingerprint) throw sensorErrors.identityOfOtherCollector(stateFolder)
}
