import { message } from './message.ts'

const SEQUENCE = 0x30
const INTEGER = 2
const OCTET_STRING = 4
const VERSIONS: Record<number, string> = { 0: '1', 1: '2c', 3: '3' }

/** SNMP (RFC 3416, RFC 3412): a sequence that starts with the version as integer 0, 1 or 3; 1 and 2c name the operation after the community. */
export const snmp = message({ name: 'snmp', ports: [161, 162], onlyOnPorts: true }, ({ bytes, start, end }, facts) => {
  if (end - start < 10 || bytes[start] !== SEQUENCE) return false
  const content = start + 2 + (bytes[start + 1] >= 0x80 ? bytes[start + 1] & 0x7f : 0)
  const version = VERSIONS[bytes[content + 2]]
  if (bytes[content] !== INTEGER || bytes[content + 1] !== 1 || !version) return false
  facts.set('snmp.version', version)
  const community = content + 3
  if (version !== '3' && bytes[community] === OCTET_STRING) {
    const operation = community + 2 + bytes[community + 1]
    if (operation < end) facts.set('snmp.operation', `0x${bytes[operation].toString(16)}`)
  }
  return true
})
