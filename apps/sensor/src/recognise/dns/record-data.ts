import { formatAddress } from '../../flow/format-address.ts'
import { readText, readUint16 } from '../byte-text.ts'
import { readName } from './dns-message.ts'

const MAX_DATA = 200

/**
 * The data of a record as zone files show it (RFC 1035 section 3.3, RFC 2782, RFC 3596), for NetBIOS the address behind two octets of
 * flags (RFC 1002 section 4.2.13); `type` is its mnemonic. Empty where the type is not read.
 */
export function recordData(
  { bytes, start, end }: { bytes: Uint8Array; start: number; end: number },
  type: string,
  offset: number,
  length: number,
): string {
  const nameAt = (at: number): string => readName(bytes, start, at, end)?.slice(0, MAX_DATA) ?? ''
  switch (type) {
    case 'A':
      return length === 4 ? formatAddress(bytes.subarray(offset, offset + 4)) : ''
    case 'AAAA':
      return length === 16 ? formatAddress(bytes.subarray(offset, offset + 16)) : ''
    case 'NB':
      return length === 6 ? formatAddress(bytes.subarray(offset + 2, offset + 6)) : ''
    case 'NS':
    case 'CNAME':
    case 'PTR':
    case 'DNAME':
      return nameAt(offset)
    case 'MX':
      return length > 2 ? `${readUint16(bytes, offset)} ${nameAt(offset + 2)}` : ''
    case 'SRV': {
      if (length <= 6) return ''
      const numbers = [0, 2, 4].map((at) => readUint16(bytes, offset + at))
      return `${numbers.join(' ')} ${nameAt(offset + 6)}`
    }
    case 'TXT':
      return readStrings(bytes, offset, offset + length)
    default:
      return ''
  }
}

/** Character strings, each with its length before it, one after the other. */
function readStrings(bytes: Uint8Array, from: number, end: number): string {
  let text = ''
  for (let at = from; at < end && text.length < MAX_DATA; at += 1 + bytes[at]) {
    text += readText(bytes, at + 1, Math.min(end, at + 1 + bytes[at]))
  }
  return text.slice(0, MAX_DATA)
}
