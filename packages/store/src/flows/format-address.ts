import { InvalidFilterError } from '../errors.ts'
import { isIP } from 'node:net'

/** Text of an address of 4 or 16 octets, IPv6 as RFC 5952 writes it; null for any other length. */
export function formatAddress(octets: Uint8Array): string | null {
  if (octets.length === 4) return octets.join('.')
  if (octets.length !== 16) return null
  const words = Array.from({ length: 8 }, (_, i) => (octets[2 * i] << 8) | octets[2 * i + 1])
  const { start, length } = longestZeroRun(words)
  const hex = words.map((word) => word.toString(16))
  if (length < 2) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

/** Text of a MAC address; null when it is not 6 octets. */
export function formatMac(octets: Uint8Array): string | null {
  return octets.length === 6 ? Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':') : null
}

function longestZeroRun(words: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (let i = 0; i <= words.length; i++) {
    if (words[i] === 0) continue
    if (i - start > best.length) best = { start, length: i - start }
    start = i + 1
  }
  return best
}

/** An address or a network in CIDR as people type it; undefined when the text is neither. */
export function parseNetwork(text: string): { network: string; single: boolean } | undefined {
  const [address, prefix, ...rest] = text.trim().split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const bits = version === 4 ? 32 : 128
  if (prefix === undefined) return { network: address, single: true }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return undefined
  return { network: `${address}/${prefix}`, single: Number(prefix) === bits }
}

/** As `parseNetwork`, for a filter that must be one. */
export function requireNetwork(text: string): { network: string; single: boolean } {
  const parsed = parseNetwork(text)
  if (parsed) return parsed
  throw new InvalidFilterError(
    `address: expected an address or a network such as 192.0.2.0/24, found ${text.slice(0, 60)}`,
  )
}
