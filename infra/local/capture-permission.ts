import { readFileSync } from 'node:fs'
import { RUNTIME } from '../setup/paths.mjs'
import { StartError } from './start-error.ts'

const CAP_NET_RAW = 13n

/** Throws StartError when this process, and so a sensor it starts, may not open a packet socket. */
export function requireCapturePermission(status = readStatus()): void {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  const mayCapture = effective ? ((BigInt(`0x${effective}`) >> CAP_NET_RAW) & 1n) === 1n : process.getuid?.() === 0
  if (mayCapture) return
  throw new StartError(
    'no permission to capture: reading packets needs root or the capability CAP_NET_RAW',
    `run it as root (sudo npm start), or allow it once with: sudo setcap cap_net_raw=ep ${RUNTIME}, or start with --no-sensor or --replay FILE`,
  )
}

function readStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8')
  } catch {
    return ''
  }
}
