import { ClassSource, type Flow } from '@picket/proto'
import { applicationByMark } from './application-marks.ts'
import { classOfApplication, lookUpHostName } from './host-name-lookup.ts'
import { TCP_PORTS, UDP_PORTS } from './port-table.ts'
import { APPLICATION_OF_ETHER_TYPE, CLASS_OF_IP_PROTOCOL, CLASS_OF_PROTOCOL } from './protocol-table.ts'
import { isFailedAttempt } from './failed-attempts.ts'
import type { Verdict } from './verdict.ts'

const TCP = 6
const UDP = 17
const CONFIDENCE = { recogniser: 0.99, mark: 0.9, carrier: 0.5, port: 0.4, sourcePort: 0.3, unansweredPort: 0.2 }
const CARRIERS = new Set(['tls', 'http', 'http2', 'grpc', 'websocket', 'quic'])

/**
 * What rules are sure of: a recognised protocol that settles the class, else a known host name, else a known mark. Undefined where none
 * answers, which leaves the flow to the model and then to classifyByPort.
 */
export function classifyByRules(flow: Flow): Verdict | undefined {
  return byRecogniser(flow) ?? byHostName(flow) ?? byMark(flow)
}

/**
 * The last resort: the carrier protocol (tls, http, quic mean web more often than not), else the well-known port. A connection
 * attempt that came to nothing has no class: its port says only what was tried.
 */
export function classifyByPort(flow: Flow): Verdict | undefined {
  if (isFailedAttempt(flow)) return undefined
  const table = flow.protocol === TCP ? TCP_PORTS : flow.protocol === UDP ? UDP_PORTS : undefined
  const destination = table?.get(flow.destinationPort)
  const unanswered = (flow.reverse?.packets ?? 0) === 0
  if (destination) {
    const confidence = unanswered ? CONFIDENCE.unansweredPort : CONFIDENCE.port
    return { ...destination, confidence, source: ClassSource.PORT }
  }
  if (CARRIERS.has(flow.protocolName)) {
    const { carrier: confidence } = CONFIDENCE
    return { class: 'web', confidence, source: ClassSource.RECOGNISER, application: flow.protocolName }
  }
  // The initiator is a guess where a capture began inside a conversation, so the other end's port counts too, for less.
  const source = table?.get(flow.sourcePort)
  return source && { ...source, confidence: CONFIDENCE.sourcePort, source: ClassSource.PORT }
}

function byRecogniser(flow: Flow): Verdict | undefined {
  const settled = CLASS_OF_PROTOCOL.get(flow.protocolName)
  if (settled) {
    const verdict = recognised(settled, flow.application || namedOf(flow, settled) || flow.protocolName)
    return { ...verdict, confidence: flow.protocolConfidence || CONFIDENCE.recogniser }
  }
  const byNumber = CLASS_OF_IP_PROTOCOL.get(flow.protocol)
  if (byNumber) return recognised(byNumber.class, byNumber.application)
  const link = flow.protocol === 0 ? APPLICATION_OF_ETHER_TYPE.get(flow.etherType) : undefined
  return link ? recognised('name-service', link) : undefined
}

/** The application behind the host name where it is of that class: TURN of a meeting is that meeting's, DNS about it is not. */
function namedOf({ hostName }: Flow, trafficClass: Verdict['class']): string {
  const entry = hostName === '' ? undefined : lookUpHostName(hostName)
  return entry?.class === trafficClass ? entry.application : ''
}

const recognised = (trafficClass: Verdict['class'], application: string): Verdict => ({
  class: trafficClass,
  confidence: CONFIDENCE.recogniser,
  source: ClassSource.RECOGNISER,
  application,
})

/** What the flow says of its application where no name does: the recogniser's word, a user agent, a certificate. */
function byMark(flow: Flow): Verdict | undefined {
  const application = flow.application || applicationByMark(flow)
  const trafficClass = classOfApplication(application)
  return (
    trafficClass && { class: trafficClass, application, confidence: CONFIDENCE.mark, source: ClassSource.RECOGNISER }
  )
}

function byHostName(flow: Flow): Verdict | undefined {
  if (!flow.hostName) return undefined
  const entry = lookUpHostName(flow.hostName)
  return entry && { ...entry, source: ClassSource.HOST_NAME }
}
