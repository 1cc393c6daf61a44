import { hash } from 'node:crypto'

export interface InitialKeys {
  key: Buffer
  iv: Buffer
  headerProtection: Buffer
}

interface Version {
  salt: Buffer
  /** What the labels begin with. */
  label: string
  /** Type bits of an Initial packet in the long header. */
  initialType: number
}

const BLOCK = 64
const DIGEST = 32
const INNER_PAD = 0x36
const OUTER_PAD = 0x5c

const salt = (hex: string): Buffer => Buffer.from(hex, 'hex')
const DRAFT_22 = salt('7fbcdb0e7c66bbe92a96cd21519ebd7a02644190')
const DRAFT_23 = salt('c3eef712c72ebb5a11a7d2432bb46365bef9f502')
const DRAFT_29 = salt('afbfec289993d24c9e9786f19c6111e04390a899')
/** RFC 9001 section 5.2 and RFC 9369 section 3.3.1. */
const VERSION_1 = salt('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')
const VERSION_2 = salt('0dede3def700a6db819381be6e269dcbf9bd2ed9')
/** Google's, as its implementation has them. */
const Q050 = salt('504574efd066fe2f9d945cfcdbd3a7f0d3b56b45')
const T050 = salt('7ff579e5acd072915580304c43a2367c60488310')
const T051 = salt('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d')

/** How Initial packets of a version are protected; undefined for versions that are not known. */
function versionOf(version: number): Version | undefined {
  const of = (salt: Buffer): Version => ({ salt, label: 'quic', initialType: 0 })
  if (version === 1) return of(VERSION_1)
  if (version === 0x6b3343cf) return { salt: VERSION_2, label: 'quicv2', initialType: 1 }
  const draft = draftOf(version)
  if (draft >= 33 && draft <= 34) return of(VERSION_1)
  if (draft >= 29 && draft <= 32) return of(DRAFT_29)
  if (draft >= 23 && draft <= 28) return of(DRAFT_23)
  if (draft >= 21 && draft <= 22) return of(DRAFT_22)
  if (version === 0x51303530) return of(Q050)
  if (version === 0x54303530) return of(T050)
  return version === 0x54303531 ? of(T051) : undefined
}

/** Number of the IETF draft; Facebook's implementation has versions of its own for two of them. */
function draftOf(version: number): number {
  if (version >>> 8 === 0xff0000) return version & 0xff
  if (version === 0xfaceb001) return 22
  return version === 0xfaceb002 || version >>> 4 === 0xfaceb01 ? 27 : 0
}

/** Whether the first octet of a long header is that of an Initial packet of this version. */
export function isInitial(version: number, firstOctet: number): boolean {
  return ((firstOctet >> 4) & 3) === versionOf(version)?.initialType
}

/** The client's keys from its first destination connection id (RFC 9001 section 5.2); undefined for an unknown version. */
export function clientInitialKeys(version: number, connectionId: Uint8Array): InitialKeys | undefined {
  const known = versionOf(version)
  if (!known) return undefined
  const initial = hmac(known.salt, connectionId)
  const client = expandLabel(initial, 'client in', 32)
  return {
    key: expandLabel(client, `${known.label} key`, 16),
    iv: expandLabel(client, `${known.label} iv`, 12),
    headerProtection: expandLabel(client, `${known.label} hp`, 16),
  }
}

/** HKDF-Expand-Label of RFC 8446 section 7.1 with an empty context, for at most one block of SHA-256. */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const full = `tls13 ${label}`
  const info = Buffer.concat([Buffer.from([0, length, full.length]), Buffer.from(full), Buffer.from([0, 1])])
  return hmac(secret, info).subarray(0, length)
}

/**
 * HMAC with SHA-256 (RFC 2104) of keys up to one block, by two one-shot digests: an Hmac object costs four times as much, and a
 * connection needs five.
 */
function hmac(key: Uint8Array, message: Uint8Array): Buffer {
  const inner = Buffer.alloc(BLOCK + message.length, INNER_PAD)
  const outer = Buffer.alloc(BLOCK + DIGEST, OUTER_PAD)
  for (let i = 0; i < key.length; i++) {
    inner[i] ^= key[i]
    outer[i] ^= key[i]
  }
  inner.set(message, BLOCK)
  outer.set(hash('sha256', inner, 'buffer'), BLOCK)
  return hash('sha256', outer, 'buffer')
}
