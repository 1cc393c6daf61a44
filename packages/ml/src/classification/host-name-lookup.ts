import table from './host-names.json' with { type: 'json' }
import { CLASS_OF_FIRST_LABEL } from './host-name-labels.ts'
import type { TrafficClass } from './traffic-classes.ts'

export interface HostNameEntry {
  class: TrafficClass
  application: string
  confidence: number
}

const KNOWN_SUFFIX = 0.95
const FIRST_LABEL = 0.7

const suffixes = new Map<string, HostNameEntry>()
const classes = new Map<string, TrafficClass>()
for (const [key, applications] of Object.entries(table)) {
  const trafficClass = key as TrafficClass
  for (const [application, names] of Object.entries<string[]>(applications)) {
    if (!classes.has(application)) classes.set(application, trafficClass)
    for (const name of names) suffixes.set(name, { class: trafficClass, application, confidence: KNOWN_SUFFIX })
  }
}

/** Suffixes in the table, for tests and the README. */
export const HOST_NAME_SUFFIXES: ReadonlyMap<string, HostNameEntry> = suffixes

/** The class of an application in the table. */
export function classOfApplication(application: string): TrafficClass | undefined {
  return classes.get(application)
}

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
