/** Plain names: what is imported lies in one folder, nothing outside of it is read. The worker demands the same. */
export const IMPORT_FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/

/** Octets sent at once: below what the server and most proxies before it take of a request. */
export const CHUNK_OCTETS = 480 * 1024
/** Octets of one file, and of all files of an upload, at most. */
export const MAX_FILE_OCTETS = 4 * 2 ** 30
export const MAX_UPLOAD_OCTETS = 8 * 2 ** 30
export const MAX_UPLOAD_FILES = 1000

export type ImportFileType = 'capture' | 'table' | 'compressed-table' | 'mapping'

const TYPES: readonly [ImportFileType, RegExp][] = [
  ['capture', /\.(pcap|pcapng|cap)$/i],
  ['table', /\.(csv|tsv|txt|log|labeled|binetflow)$/i],
  ['compressed-table', /\.(csv|tsv|txt|log|labeled|binetflow)\.gz$/i],
  ['mapping', /\.json$/i],
]

/** What a file is to be by its name; undefined for what is never imported. */
export const importFileType = (name: string): ImportFileType | undefined =>
  TYPES.find(([, pattern]) => pattern.test(name))?.[0]

/** A name as it is kept: other characters than letters, digits, dots and dashes become dashes. */
export const plainFileName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(-200)
