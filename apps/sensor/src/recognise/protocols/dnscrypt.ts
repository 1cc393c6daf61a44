import { hasAnyText, hasText, readUint16 } from '../byte-text.ts'
import { message } from './message.ts'

const RESOLVER_MAGIC = ['r6fnvWj8']
/** What a client asks a resolver for first, by plain DNS (section 7): TXT of 2.dnscrypt-cert.NAME. */
const CERTIFICATE = '\x012\rdnscrypt-cert'

/** DNSCrypt (draft-denis-dprive-dnscrypt section 4): what a resolver answers starts with its magic; over TCP after a length of 2. */
export const dnscrypt = message({ name: 'dnscrypt', transport: 'both' }, ({ bytes, start, end, isTcp }) => {
  if (hasText(bytes, start + (isTcp ? 14 : 12), end, CERTIFICATE)) return true
  if (!isTcp) return hasAnyText(bytes, start, end, RESOLVER_MAGIC)
  return readUint16(bytes, start) + 2 >= end - start && hasAnyText(bytes, start + 2, end, RESOLVER_MAGIC)
})
