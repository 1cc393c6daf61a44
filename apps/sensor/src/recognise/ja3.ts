import { hash } from 'node:crypto'
import { type ClientHello, isGrease } from './client-hello.ts'

/**
 * JA3 (https://github.com/salesforce/ja3): MD5 over version, cipher suites, extensions, groups and point formats in decimal
 * and in the order offered, GREASE left out.
 */
export function ja3(hello: ClientHello): string {
  const lists = [hello.cipherSuites, hello.extensions, hello.groups, hello.pointFormats]
  const text = lists.map((list) => list.filter((value) => !isGrease(value)).join('-'))
  return hash('md5', [hello.legacyVersion, ...text].join(','), 'hex')
}
