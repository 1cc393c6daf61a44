export { HOST_NAME_SUFFIXES, lookUpHostName, type HostNameEntry } from './host-name-lookup.ts'
export { classifyByPort, classifyByRules } from './rules.ts'
export { TRAFFIC_CLASSES, type TrafficClass } from './traffic-classes.ts'
export { type Verdict } from './verdict.ts'
