import { expect, it } from 'vitest'
import { localPath } from './local-path.ts'

it.each([
  [null, '/'],
  ['', '/'],
  ['/hosts?q=a', '/hosts?q=a'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example/', '/'],
  ['/\t/evil.example', '/'],
  ['javascript:alert(1)', '/'],
])('%j leads to %s', (text, path) => expect(localPath(text)).toBe(path))
