import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export interface RoutePath {
  /** As SvelteKit names it, e.g. `/(app)/hosts/[id]`. */
  id: string
  /** A URL that leads to it. */
  path: string
  kind: 'page' | 'endpoint'
}

/** Every page and endpoint there is, read from the file tree so that a new one cannot be forgotten. */
export function routePaths(folder: string, id = ''): RoutePath[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  const found: RoutePath[] = []
  const name = id === '' ? '/' : id
  if (entries.some((entry) => /^\+page\.(svelte|ts|server\.ts)$/.test(entry.name)))
    found.push({ id: name, path: toPath(name), kind: 'page' })
  if (entries.some((entry) => /^\+server\.ts$/.test(entry.name)))
    found.push({ id: name, path: toPath(name), kind: 'endpoint' })
  for (const entry of entries) {
    if (entry.isDirectory()) found.push(...routePaths(join(folder, entry.name), `${id}/${entry.name}`))
  }
  return found
}

const toPath = (id: string): string =>
  id
    .split('/')
    .filter((part) => part !== '' && !/^\(.*\)$/.test(part))
    .reduce(
      (path, part) => `${path}/${part.replaceAll(/\[+[^\]]+\]+/g, '00000000-0000-4000-8000-000000000000')}`,
      '',
    ) || '/'
