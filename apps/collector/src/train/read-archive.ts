import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import { decodeModelArchive, type Model } from '@picket/ml/scoring'
import type { ModelRow } from '@picket/store'
import type { SigningKey } from '../enroll/signing-key.ts'
import { messageOf } from '../errors.ts'

/**
 * A registered model from disk. Refused, with an error for people, unless its archive is the one that was registered, this
 * collector's key signed it, and it reads the features that sensors compute now.
 */
export async function readArchive(row: ModelRow, dataFolder: string, signingKey: SigningKey): Promise<Model> {
  const refuse = (why: string) => new Error(`model ${row.id} is not used: ${why}`)
  const archive = await readFile(resolve(dataFolder, row.path)).catch((error: unknown) => {
    throw refuse(`its archive cannot be read (${messageOf(error)}); train it again`)
  })
  const sha256 = createHash('sha256').update(archive).digest()
  if (sha256.toString('hex') !== row.sha256)
    throw refuse(`its archive is not the one that was registered (SHA-256 ${row.sha256.slice(0, 16)} expected)`)
  if (!signingKey.hasSigned(sha256, Buffer.from(row.signature, 'base64')))
    throw refuse('it was signed by another key than ca/model-signing.pem of this collector')
  if (row.featureSetHash !== FEATURE_SET_HASH)
    throw refuse(
      `it was made for feature set ${row.featureSetHash.slice(0, 12)}, this is ${FEATURE_SET_HASH.slice(0, 12)}`,
    )
  return decodeModelArchive(archive)
}
