import { createSecretKey, type KeyObject } from 'node:crypto'
import { HmacKey, toBlock } from './hmac-key.ts'
import { STATE_WORDS } from './sha256.ts'

/** Keys are objects already, as Node takes six times as long over a cipher that is given their octets. */
export interface InitialKeys {
  key: KeyObject
  iv: Buffer
  headerProtection: KeyObject
}

/** How the Initial packets of a version are protected. */
interface Version {
  /** Keyed with the salt. */
  extract: HmacKey
  key: Int32Array
  iv: Int32Array
  headerProtection: Int32Array
  /** Type bits of an Initial packet in the long header. */
  initialType: number
}

const KEY_LENGTH = 16
const IV_LENGTH = 12
/** Octets at most (RFC 9000 section 17.2). */
const MAX_CONNECTION_ID = 20
const CLIENT = expansion('client in', 32)
const DRAFT_22 = versionWith('7fbcdb0e7c66bbe92a96cd21519ebd7a02644190')
const DRAFT_23 = versionWith('c3eef712c72ebb5a11a7d2432bb46365bef9f502')
const DRAFT_29 = versionWith('afbfec289993d24c9e9786f19c6111e04390a899')
/** RFC 9001 section 5.2 and RFC 9369 section 3.3.1. */
const VERSION_1 = versionWith('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')
const VERSION_2 = versionWith('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'quicv2', 1)
/** Google's, as its implementation has them. */
const Q050 = versionWith('504574efd066fe2f9d945cfcdbd3a7f0d3b56b45')
const T050 = versionWith('7ff579e5acd072915580304c43a2367c60488310')
const T051 = versionWith('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d')

const hmac = new HmacKey()
const secret = new Int32Array(STATE_WORDS)

/** The label is what the labels of the version begin with. */
function versionWith(salt: string, label = 'quic', initialType = 0): Version {
  const octets = Buffer.from(salt, 'hex')
  const extract = new HmacKey()
  extract.set(Int32Array.from({ length: octets.length / 4 }, (_, i) => octets.readInt32BE(4 * i)))
  return {
    extract,
    key: expansion(`${label} key`, KEY_LENGTH),
    iv: expansion(`${label} iv`, IV_LENGTH),
    headerProtection: expansion(`${label} hp`, KEY_LENGTH),
    initialType,
  }
}

/** What is digested for so many octets of a label: HKDF-Expand-Label of RFC 8446 section 7.1 with an empty context, for one block of SHA-256. */
function expansion(label: string, length: number): Int32Array {
  const full = `tls13 ${label}`
  return toBlock(Buffer.concat([Buffer.from([0, length, full.length]), Buffer.from(full), Buffer.from([0, 1])]))
}

/** Undefined for versions that are not known. */
function versionOf(version: number): Version | undefined {
  if (version === 1) return VERSION_1
  if (version === 0x6b3343cf) return VERSION_2
  const draft = draftOf(version)
  if (draft >= 33 && draft <= 34) return VERSION_1
  if (draft >= 29 && draft <= 32) return DRAFT_29
  if (draft >= 23 && draft <= 28) return DRAFT_23
  if (draft >= 21 && draft <= 22) return DRAFT_22
  if (version === 0x51303530) return Q050
  if (version === 0x54303530) return T050
  return version === 0x54303531 ? T051 : undefined
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

/** The client's keys from its first destination connection id (RFC 9001 section 5.2); undefined for an unknown version or a longer id. */
export function clientInitialKeys(version: number, connectionId: Uint8Array): InitialKeys | undefined {
  const known = versionOf(version)
  if (!known || connectionId.length > MAX_CONNECTION_ID) return undefined
  known.extract.digest(toBlock(connectionId), secret)
  hmac.set(secret)
  hmac.digest(CLIENT, secret)
  hmac.set(secret)
  return {
    key: createSecretKey(expand(known.key, KEY_LENGTH)),
    iv: expand(known.iv, IV_LENGTH),
    headerProtection: createSecretKey(expand(known.headerProtection, KEY_LENGTH)),
  }
}

function expand(label: Int32Array, length: number): Buffer {
  hmac.digest(label, secret)
  const octets = Buffer.allocUnsafe(length)
  for (let i = 0; i < length; i += 4) octets.writeInt32BE(secret[i >> 2], i)
  return octets
}
