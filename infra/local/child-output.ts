import type { Readable } from 'node:stream'

const MAX_LINE_CHARACTERS = 1024 * 1024

/** Calls back once for each line of a stream; a line over a million characters is cut. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS)
    for (const line of lines) onLine(line)
  })
  stream.on('end', () => {
    if (rest !== '') onLine(rest)
  })
}

/** A line as a JSON object, or undefined when it is something else. */
export function parseJsonLine(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}

/** A log line for people: the message of a JSON line with its error, any other line as it is. */
export function toPlainText(line: string): string {
  const record = parseJsonLine(line)
  if (!record) return line
  const error = record.err as { message?: string } | undefined
  return [record.msg, error?.message].filter(Boolean).join(': ') || line
}
