import { isIP } from 'node:net'
import { FilterError } from './filter-error.ts'
import type { Direction, FilterNode } from './filter-node.ts'
import { type FilterToken, filterTokens } from './filter-tokens.ts'
import { parseAddress } from './parse-address.ts'

const TRANSPORTS: Record<string, readonly number[]> = { tcp: [6], udp: [17], sctp: [132] }
const ALL_TRANSPORTS = [6, 17, 132]
const TYPES: Record<string, number> = { ip: 0x0800, ip6: 0x86dd, arp: 0x0806 }
const DEEPEST = 12

/**
 * Reads a small part of pcap-filter(7): [src|dst] host ADDRESS, [src|dst] net ADDRESS/BITS, [tcp|udp|sctp] [src|dst] port N or
 * portrange N-M, ip, ip6, arp, tcp, udp, sctp, icmp, icmp6, joined by and, or, not and parentheses; "and" and "or" bind alike, from the
 * left. Throws a FilterError.
 */
export function parseFilter(expression: string): FilterNode {
  const parser = new Parser(filterTokens(expression), expression.length + 1)
  const node = parser.expression(0)
  parser.expectEnd()
  return node
}

class Parser {
  readonly #tokens: readonly FilterToken[]
  readonly #end: number
  #at = 0

  constructor(tokens: readonly FilterToken[], end: number) {
    this.#tokens = tokens
    this.#end = end
  }

  expression(depth: number): FilterNode {
    if (depth > DEEPEST) throw this.#mistake('too many parentheses')
    let left = this.#term(depth)
    for (;;) {
      const kind = this.#take('and', '&&') ? 'and' : this.#take('or', '||') ? 'or' : undefined
      if (!kind) return left
      left = { kind, left, right: this.#term(depth) }
    }
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw this.#mistake('expected "and", "or" or the end')
  }

  #term(depth: number): FilterNode {
    if (this.#take('not', '!')) return { kind: 'not', of: this.#term(depth + 1) }
    if (!this.#take('(')) return this.#primitive()
    const inner = this.expression(depth + 1)
    if (!this.#take(')')) throw this.#mistake('expected ")"')
    return inner
  }

  #primitive(): FilterNode {
    const word = this.#peek()
    if (word in TYPES) return { kind: 'type', etherType: TYPES[this.#next()] }
    if (this.#take('icmp')) return { kind: 'protocol', numbers: [1], families: [4] }
    if (this.#take('icmp6')) return { kind: 'protocol', numbers: [58], families: [6] }
    const transport = word in TRANSPORTS ? TRANSPORTS[this.#next()] : undefined
    const direction: Direction = this.#take('src') ? 'src' : this.#take('dst') ? 'dst' : 'either'
    if (this.#take('port', 'portrange')) return this.#ports(direction, transport ?? ALL_TRANSPORTS)
    if (transport && direction === 'either') return { kind: 'protocol', numbers: transport, families: [4, 6] }
    if (!transport && this.#take('host', 'net')) return this.#network(direction)
    throw this.#mistake('expected host, net, port, portrange, ip, ip6, arp, tcp, udp, sctp, icmp or icmp6')
  }

  #ports(direction: Direction, protocols: readonly number[]): FilterNode {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(this.#peek())
    const from = Number(match?.[1])
    const to = Number(match?.[2] ?? match?.[1])
    if (!match || to > 65_535 || from > to) throw this.#mistake('expected a port from 0 to 65535, or two as 80-90')
    this.#next()
    return { kind: 'ports', direction, protocols, from, to }
  }

  #network(direction: Direction): FilterNode {
    const [text, bits] = this.#peek().split('/')
    const address = isIP(text) > 0 ? parseAddress(text) : undefined
    const most = (address?.length ?? 0) * 8
    const prefix = bits === undefined ? most : Number(bits)
    if (!address || !Number.isInteger(prefix) || prefix > most)
      throw this.#mistake('expected an address, or ADDRESS/BITS')
    this.#next()
    return { kind: 'network', direction, address, prefix }
  }

  #peek(): string {
    return this.#tokens[this.#at]?.text ?? ''
  }

  #next(): string {
    return this.#tokens[this.#at++].text
  }

  #take(...words: string[]): boolean {
    if (!words.includes(this.#peek())) return false
    this.#at++
    return true
  }

  #mistake(message: string): FilterError {
    return new FilterError(this.#tokens[this.#at]?.position ?? this.#end, message)
  }
}
