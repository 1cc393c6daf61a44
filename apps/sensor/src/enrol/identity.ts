import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import { reasonOf, sensorErrors } from '../errors.ts'

/** What makes a host a sensor: its identifier, its key and certificate, and the one authority it trusts. */
export interface Identity {
  readonly sensorId: string
  /** PKCS #8, PEM. */
  readonly privateKey: string
  /** PEM, leaf first. */
  readonly certificateChain: string
  /** PEM. */
  readonly authorities: string
}

const identityFile = 'identity.json'
const keyFile = 'key.pem'

const stored = z.object({ sensorId: z.uuid(), certificateChain: z.string().min(1), authorities: z.string().min(1) })

/** Makes the state folder, readable by its owner alone. */
export async function prepareStateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  } catch (error) {
    throw sensorErrors.stateFolder(folder, reasonOf(error))
  }
}

/** The key of an enrolment that did not finish, PKCS #8 PEM, so that a retry keeps its key; undefined when none. */
export async function loadKey(folder: string): Promise<string | undefined> {
  const text = await readOptional(join(folder, keyFile))
  try {
    return text === undefined || createPrivateKey(text).asymmetricKeyType !== 'ec' ? undefined : text
  } catch {
    return undefined
  }
}

export async function saveKey(folder: string, privateKey: string): Promise<void> {
  await writeAtomically(join(folder, keyFile), privateKey, 0o600)
}

/** Reads the identity back; undefined before enrolment. Fails, coded, when it is there but cannot be used. */
export async function loadIdentity(folder: string): Promise<Identity | undefined> {
  const file = join(folder, identityFile)
  try {
    const text = await readOptional(file)
    if (text === undefined) return undefined
    const identity = {
      ...stored.parse(JSON.parse(text)),
      privateKey: (await readOptional(join(folder, keyFile))) ?? '',
    }
    const certificate = new X509Certificate(identity.certificateChain)
    if (!certificate.checkPrivateKey(createPrivateKey(identity.privateKey)))
      throw new Error('key and certificate differ')
    return identity
  } catch (error) {
    throw sensorErrors.identityDamaged(file, reasonOf(error))
  }
}

/** Writes everything but the key, last of all: this file being there means enrolled. */
export async function saveIdentity(folder: string, identity: Identity): Promise<void> {
  const { sensorId, certificateChain, authorities } = identity
  await writeAtomically(
    join(folder, identityFile),
    `${JSON.stringify({ sensorId, certificateChain, authorities }, null, 2)}\n`,
  )
}

/** Forgets who the sensor was: identity first, then the key. */
export async function eraseIdentity(folder: string): Promise<void> {
  await rm(join(folder, identityFile), { force: true })
  await rm(join(folder, keyFile), { force: true })
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
