import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

/** sFlow 5 (sflow.org, "sFlow Version 5"): version 4, address type 4 (1 or 2), address, sub-agent, sequence, uptime, samples 4. */
export const sflow = message({ name: 'sflow', ports: [6343], onlyOnPorts: true }, ({ bytes, start, end }) => {
  if (end - start < 28) return false
  const version = readUint32(bytes, start)
  const family = readUint32(bytes, start + 4)
  return (version === 5 || version === 4 || version === 2) && (family === 1 || family === 2)
})
