import { readUint16, readUint24 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, octets, type Recogniser, Verdict } from '../recogniser.ts'
import { parseClientHello } from './client-hello.ts'
import { MessageAssemblies } from './message-assembly.ts'
import { parseServerHello } from './server-hello.ts'
import { addClientHello, addServerHello, tlsFactsOf } from './tls-facts.ts'

const HANDSHAKE = 22
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const RECORD_HEADER = 13
const HANDSHAKE_HEADER = 12
const MAX_DATAGRAMS = 12
const assemblies = new MessageAssemblies()

/**
 * DTLS (RFC 6347 section 4.1): record type 1, version FE FF, FE FD or 01 00, epoch 2, sequence 6, length 2. A message of the
 * handshake has type 1, length 3, number 2, offset of the fragment 3 and its length 3. Memory: datagrams, ticket.
 */
export const dtls: Recogniser = {
  name: 'dtls',
  transport: 'udp',
  firstOctets: octets(20, 25),
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { memory, memoryAt } = head
    if (!isDtlsRecord(head)) return facts.tls ? Verdict.YES : Verdict.NO
    tlsFactsOf(facts)
    if (++memory[memoryAt + 2] >= MAX_DATAGRAMS) facts.isComplete = true
    readRecords(head, facts)
    return Verdict.YES
  },
}

/** Whether the datagram starts with a record of DTLS that is all there, as far as the capture goes. */
export function isDtlsRecord({ bytes, start, end, wireLength }: Head): boolean {
  if (end - start < RECORD_HEADER || bytes[start] < 20 || bytes[start] > 25) return false
  const version = readUint16(bytes, start + 1)
  if (version !== 0xfeff && version !== 0xfefd && version !== 0x0100) return false
  return readUint16(bytes, start + 11) <= wireLength - RECORD_HEADER
}

function readRecords(head: Head, facts: FlowFacts): void {
  const { bytes, start, end } = head
  for (let at = start; at + RECORD_HEADER <= end;) {
    const next = at + RECORD_HEADER + readUint16(bytes, at + 11)
    const isClear = readUint16(bytes, at + 3) === 0
    if (bytes[at] === HANDSHAKE && isClear && next <= end && next >= at + RECORD_HEADER + HANDSHAKE_HEADER)
      readFragment(head, at + RECORD_HEADER, next, facts)
    else if (bytes[at] === 23) facts.isComplete = true
    at = next
  }
}

function readFragment({ bytes, memory, memoryAt }: Head, at: number, end: number, facts: FlowFacts): void {
  const type = bytes[at]
  const length = readUint24(bytes, at + 1)
  const offset = readUint24(bytes, at + 6)
  const body = at + HANDSHAKE_HEADER
  if (type === SERVER_HELLO) {
    const hello = parseServerHello(bytes, body, end)
    if (hello) addServerHello(hello, facts)
    facts.isComplete = hello !== undefined && facts.tls?.ja4 !== ''
  }
  if (type !== CLIENT_HELLO) return
  if (offset === 0 || !assemblies.get(memory[memoryAt + 3])) {
    assemblies.end(memory[memoryAt + 3])
    memory[memoryAt + 3] = assemblies.begin()
  }
  const message = assemblies.get(memory[memoryAt + 3])
  message?.add(offset, bytes, body, end)
  if (!message || message.length < length) return
  const hello = parseClientHello(message.bytes, 0, length, true)
  if (hello) addClientHello(hello, facts, 'd')
  assemblies.end(memory[memoryAt + 3])
}
