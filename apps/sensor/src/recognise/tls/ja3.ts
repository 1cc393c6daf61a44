import { hash } from 'node:crypto'
import { type ClientHello, isGrease } from './client-hello.ts'
import type { ServerHello } from './server-hello.ts'

/**
 * JA3 (https://github.com/salesforce/ja3): MD5 over version, cipher suites, extensions, groups and point formats in decimal
 * and in the order offered, GREASE left out.
 */
export function ja3(hello: ClientHello): string {
  return hash('md5', ja3Text(hello), 'hex')
}

/** What JA3 is the MD5 of. */
export function ja3Text(hello: ClientHello): string {
  const lists = [hello.cipherSuites, hello.extensions, hello.groups, hello.pointFormats]
  const text = lists.map((list) => list.filter((value) => !isGrease(value)).join('-'))
  return [hello.legacyVersion, ...text].join(',')
}

/** Servers answer in few ways: the digests of so many are remembered. The first of them makes room. */
const LIMIT = 256
const known = new Map<string, string>()

/** JA3S of the same source: MD5 over version, cipher suite and extensions as the server sent them. */
export function ja3s({ legacyVersion, cipherSuite, extensions }: ServerHello): string {
  const text = `${legacyVersion},${cipherSuite},${extensions.join('-')}`
  let digest = known.get(text)
  if (digest !== undefined) return digest
  digest = hash('md5', text, 'hex')
  if (known.size >= LIMIT) known.delete(known.keys().next().value as string)
  known.set(text, digest)
  return digest
}
