import { classifyByRules } from '@picket/ml/classification'
import { Flow } from '@picket/proto'
import { meterFile } from '../src/commands/meter-file.ts'
import { conversationKey } from './conversation-key.ts'

/** Long enough that no conversation of a capture is cut into several records. */
const FOREVER_MS = 1e10
const OPTIONS = { idleTimeoutMs: FOREVER_MS, activeTimeoutMs: FOREVER_MS, maxFlows: 1 << 20 }

/** What the sensor says of one conversation of a capture. */
export interface Conversation {
  /** Protocol by a recogniser, or by the number in the IP header; empty where neither knows. */
  protocol: string
  /** Application by the rules: the recogniser's, or the host name's; empty where neither knows. */
  application: string
  hostName: string
}

/** All conversations of a capture by key. Of several records of one key the first that was recognised counts. */
export async function meterConversations(path: string): Promise<Map<string, Conversation>> {
  const conversations = new Map<string, Conversation>()
  const flows: Flow[] = []
  await meterFile(path, OPTIONS, async (ended) => void flows.push(...ended))
  flows.sort((a, b) => a.startUs - b.startUs)
  for (const flow of flows) {
    const key = conversationKey({
      protocol: flow.protocol,
      source: flow.sourceAddress,
      sourcePort: flow.sourcePort,
      destination: flow.destinationAddress,
      destinationPort: flow.destinationPort,
    })
    const protocol = flow.protocolName || byNumber(flow)
    if (conversations.get(key)?.protocol) continue
    const application = classifyByRules(flow)?.application ?? ''
    conversations.set(key, { protocol, application, hostName: flow.hostName })
  }
  return conversations
}

function byNumber(flow: Flow): string {
  const isPlain = flow.protocol !== 6 && flow.protocol !== 17
  return isPlain ? (classifyByRules({ ...Flow.fromPartial(flow), hostName: '' })?.application ?? '') : ''
}
