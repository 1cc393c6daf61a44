import { findOctet, readText } from '../byte-text.ts'

/** Characters of a header value that are kept. */
export const HEADER_VALUE = 200
const MAX_HOST = 255
const CR = 13
const LF = 10
const SPACE = 32
const COLON = 58
const LOWER = 0x20

/** The header lines that are read, in lower case as `HeaderLines` knows them by their place here. */
const NAMES = ['host', 'user-agent', 'upgrade', 'content-length', 'content-type', 'server'] as const
export type HeaderName = (typeof NAMES)[number]
/** Names that start with a letter, by its place after "a". */
const BY_LETTER = Array.from({ length: 26 }, (_, letter) =>
  NAMES.flatMap((name, i) => (name.charCodeAt(0) - 0x61 === letter ? [i] : [])),
)

/**
 * The header lines of one message (RFC 9112 section 5), looked through once for all that is asked of them. One object serves all flows,
 * overwritten by the next read: nothing here is asynchronous.
 */
export class HeaderLines {
  /** Offset after the empty line that ends them; -1 where there is none. */
  after = -1
  readonly #starts = new Int32Array(NAMES.length)
  readonly #stops = new Int32Array(NAMES.length)

  /** Reads from the line at `from` to the empty one, or to the end of the octets. */
  read(bytes: Uint8Array, from: number, end: number): void {
    this.#starts.fill(-1)
    this.after = -1
    let isNamed = true
    for (let at = from; at < end;) {
      const lineEnd = findOctet(bytes, at, end, LF)
      if (lineEnd < 0) return
      const length = lineEnd - at
      if (length === 0 || (length === 1 && bytes[at] === CR)) {
        this.after = lineEnd + 1
        return
      }
      // Too short for a name: what follows is no header line.
      isNamed &&= length > 1
      if (isNamed) this.#addLine(bytes, at, lineEnd)
      at = lineEnd + 1
    }
  }

  /** The value of the first line of that name, out of the octets that were read; empty where there is none. */
  value(bytes: Uint8Array, name: HeaderName): string {
    const i = NAMES.indexOf(name)
    const start = this.#starts[i]
    return start < 0 ? '' : readText(bytes, start, Math.min(this.#stops[i], start + MAX_HOST))
  }

  #addLine(bytes: Uint8Array, at: number, lineEnd: number): void {
    const letter = (bytes[at] | LOWER) - 0x61
    if (letter < 0 || letter >= BY_LETTER.length) return
    const candidates = BY_LETTER[letter]
    for (let i = 0; i < candidates.length; i++) {
      const which = candidates[i]
      const name = NAMES[which]
      if (this.#starts[which] >= 0 || bytes[at + name.length] !== COLON || !isNamed(bytes, at, name)) continue
      let start = at + name.length + 1
      let stop = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
      while (start < stop && bytes[start] === SPACE) start++
      while (stop > start && bytes[stop - 1] === SPACE) stop--
      this.#starts[which] = start
      this.#stops[which] = stop
    }
  }
}

function isNamed(bytes: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const octet = bytes[at + i]
    const isUpper = octet >= 0x41 && octet <= 0x5a
    if ((isUpper ? octet | LOWER : octet) !== name.charCodeAt(i)) return false
  }
  return true
}

/** Without port, lower case; an IPv6 address keeps its brackets off. */
export function hostOf(value: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(value)
  return (bracketed ? bracketed[1] : value.replace(/:\d+$/, '')).toLowerCase().slice(0, MAX_HOST)
}
