import { createHash, createPublicKey, verify } from 'node:crypto'
import { appendFile, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ModelOffer, SensorServiceClient } from '@picket/proto'

/** A model takes some MB; more than this is a mistake. */
const maxModelBytes = 256 * 2 ** 20
const maxAttempts = 5

/** Why an offer cannot be taken, before any of it is fetched; undefined when it can. */
export function refusalOf(offer: ModelOffer, featureSetHash: string): string | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(offer.modelId)) return 'the model identifier is not a plain name'
  if (offer.featureSetHash !== featureSetHash)
    return `it was trained on feature set ${offer.featureSetHash.slice(0, 12)}, this sensor computes ${featureSetHash.slice(0, 12)}`
  if (offer.sizeBytes < 1 || offer.sizeBytes > maxModelBytes)
    return `its size ${offer.sizeBytes} is not between 1 and ${maxModelBytes} octets`
  if (offer.sha256.length !== 32 || offer.signature.length !== 64 || offer.signingKey.length !== 32)
    return 'its checksum, signature or key is not of the right length'
  return isSigned(offer) ? undefined : 'its signature does not fit its checksum'
}

/** Ed25519 (RFC 8032) over the archive's SHA-256, by the key the collector sent over its authenticated stream. */
function isSigned({ sha256, signature, signingKey }: ModelOffer): boolean {
  const x = Buffer.from(signingKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, sha256, key, signature)
}

/**
 * Fetches the archive of an offer into a file, going on where an interrupted download ended, and returns its bytes
 * once size and SHA-256 are right. Altered bytes are deleted and reported as such.
 */
export async function downloadModel(
  client: SensorServiceClient,
  offer: ModelOffer,
  partFile: string,
): Promise<{ archive: Uint8Array } | { refusal: string }> {
  await mkdir(dirname(partFile), { recursive: true, mode: 0o700 })
  let offset = await sizeOf(partFile)
  for (let attempt = 1; offset < offer.sizeBytes; attempt++) {
    try {
      await fetchFrom(client, offer, partFile, offset)
    } catch (error) {
      const progressed = (await sizeOf(partFile)) > offset
      if (attempt >= maxAttempts || !progressed) throw error
    }
    offset = await sizeOf(partFile)
    if (attempt >= maxAttempts) break
  }
  const archive = await readFile(partFile)
  if (archive.length < offer.sizeBytes)
    throw new Error(`the download ended at ${archive.length} of ${offer.sizeBytes} octets`)
  await rm(partFile, { force: true })
  const sha256 = createHash('sha256').update(archive).digest()
  if (archive.length > offer.sizeBytes || !sha256.equals(offer.sha256))
    return { refusal: 'its bytes do not have the offered size and SHA-256' }
  return { archive }
}

async function fetchFrom(client: SensorServiceClient, offer: ModelOffer, file: string, from: number): Promise<void> {
  let offset = from
  for await (const chunk of client.downloadModel({ modelId: offer.modelId, offset })) {
    if (chunk.offset !== offset) throw new Error(`the download jumped to octet ${chunk.offset}, expected ${offset}`)
    offset += chunk.data.length
    await appendFile(file, chunk.data, { mode: 0o600 })
    // Too long: the check of the size refuses it.
    if (offset > offer.sizeBytes) return
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}
