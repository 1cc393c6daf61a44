import { dnsTypeName } from './dns-names.ts'
import { netbiosName } from './netbios-name.ts'

/** What the protocols that share the messages of DNS call the same octets. */
export interface DnsKind {
  /** Questions of one message that are read: DNS has one, multicast DNS several. */
  maxQuestions: number
  name(read: string): string
  type(number: number): string
}

const NETBIOS_TYPES: Readonly<Record<number, string>> = { 0x20: 'NB', 0x21: 'NBSTAT' }
const identity = (name: string): string => name

export const DNS: DnsKind = { maxQuestions: 1, name: identity, type: dnsTypeName }
/** RFC 6762 section 5.3. */
export const MULTICAST_DNS: DnsKind = { ...DNS, maxQuestions: 8 }
/** RFC 1002 section 4.2.1.2: 32 is an address there, 33 the status of a node, which DNS uses for others. */
export const NETBIOS: DnsKind = {
  maxQuestions: 1,
  name: netbiosName,
  type: (number) => NETBIOS_TYPES[number] ?? dnsTypeName(number),
}
