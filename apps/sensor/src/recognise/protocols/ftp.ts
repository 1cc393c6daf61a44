import { hasAnyText, hasText, readLine } from '../byte-text.ts'
import { addressesOf, type Expectations } from '../expectations.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'
import { ftpData } from './ftp-data.ts'

const PORT = 21
const GREETINGS = ['220 ', '220-']
/** "227 Entering Passive Mode (h,h,h,h,p,p)" and "PORT h,h,h,h,p,p" (RFC 959). */
const HOST_AND_PORT = /(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/
/** "229 ... (|||port|)" and "EPRT |1|address|port|" (RFC 2428). */
const EXTENDED_PORT = /\|[^|]*\|[^|]*\|(\d+)\|/

/** FTP control (RFC 959): greeting 220, or the client's USER on its port. Announces its data channels. */
export function ftp(expectations: Expectations): Recogniser {
  return {
    name: 'ftp',
    transport: 'tcp',
    ports: [PORT],
    firstOctets: [0x32],
    recognise(head: Head, facts: FlowFacts): Verdict {
      if (facts.get('ftp.auth') && startsTls(head)) return upgradeToTls(head, facts)
      const line = readLine(head.bytes, head.start, head.end)
      if (!facts.fields) return readOpening(head, line, facts)
      announce(head, line, expectations)
      if (head.forward) readCommand(line, facts)
      return Verdict.YES
    },
  }
}

function readOpening(head: Head, line: string, facts: FlowFacts): Verdict {
  const { bytes, start, end, destinationPort, forward } = head
  const isGreeting = !forward && hasAnyText(bytes, start, end, GREETINGS)
  const isCommand = destinationPort === PORT && forward && hasAnyText(bytes, start, end, ['USER ', 'AUTH ', 'FEAT\r'])
  if (isGreeting && (destinationPort === PORT || /\bftp/i.test(line))) {
    facts.set('ftp.server.greeting', line.slice(4))
    return Verdict.YES
  }
  if (!isCommand) return Verdict.NO
  facts.set('ftp.command', line.slice(0, 4).trim())
  readCommand(line, facts)
  return Verdict.YES
}

function readCommand(line: string, facts: FlowFacts): void {
  if (line.startsWith('AUTH ')) facts.set('ftp.auth', line.slice(5))
  if (line.startsWith('USER ')) facts.set('user.name', line.slice(5))
}

/** The responder's port after 227 and 229, the initiator's after PORT and EPRT; addresses are those of the control channel. */
function announce(head: Head, line: string, expectations: Expectations): void {
  const { bytes, start, end } = head
  if (!hasText(bytes, start, end, '22') && !hasAnyText(bytes, start, end, ['PORT ', 'EPRT '])) return
  const classic = HOST_AND_PORT.exec(line)
  const port = classic ? Number(classic[5]) * 256 + Number(classic[6]) : Number(EXTENDED_PORT.exec(line)?.[1])
  if (port > 0 && port < 65_536) expectations.add(addressesOf(head.packet).source, port, ftpData, head.packet.timeUs)
}
