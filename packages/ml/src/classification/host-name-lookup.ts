import { CLASS_OF_FIRST_LABEL, HOST_NAME_TABLE } from './host-name-table.ts'
import type { TrafficClass } from './traffic-classes.ts'

export interface HostNameEntry {
  class: TrafficClass
  application: string
  confidence: number
}

const KNOWN_SUFFIX = 0.95
const FIRST_LABEL = 0.7

const suffixes = new Map<string, HostNameEntry>()
for (const [key, applications] of Object.entries(HOST_NAME_TABLE)) {
  for (const [application, names] of Object.entries(applications)) {
    for (const name of names.split(' ')) {
      suffixes.set(name, { class: key as TrafficClass, application, confidence: KNOWN_SUFFIX })
    }
  }
}

/** Suffixes in the table, for tests and the README. */
export const HOST_NAME_SUFFIXES: ReadonlyMap<string, HostNameEntry> = suffixes

/** The application behind a lower-case host name: the longest known suffix, else what its first label says. */
export function lookUpHostName(hostName: string): HostNameEntry | undefined {
  for (let at = 0; at >= 0;) {
    const entry = suffixes.get(at === 0 ? hostName : hostName.slice(at))
    if (entry) return entry
    const dot = hostName.indexOf('.', at)
    at = dot < 0 ? -1 : dot + 1
  }
  const firstDot = hostName.indexOf('.')
  if (firstDot < 0) return undefined
  const label = CLASS_OF_FIRST_LABEL.get(hostName.slice(0, firstDot).replace(/\d+$/, ''))
  return label && { class: label, application: '', confidence: FIRST_LABEL }
}
