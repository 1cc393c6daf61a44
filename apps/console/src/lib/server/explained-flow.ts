import { getFlow, listFlows, type AlertRow, type Database, type FlowDetail } from '@picket/store'

/** Milliseconds around an alert's evidence: a flow ends after what happened in it. */
const MARGIN_MS = 5 * 60_000
/** Conversations of an alert that are looked at. */
const MAX_CONVERSATIONS = 3

/** The most anomalous flow among the first conversations of an alert that says why; undefined where none does. */
export async function explainedFlow(
  database: Database,
  alert: AlertRow & { communityIds: string[] },
): Promise<FlowDetail | undefined> {
  const range = { from: alert.firstSeen - MARGIN_MS, to: alert.lastSeen + MARGIN_MS }
  let best: FlowDetail | undefined
  for (const communityId of alert.communityIds.slice(0, MAX_CONVERSATIONS)) {
    const { rows } = await listFlows(database, { ...range, communityId }, { limit: 1 })
    const flow = rows[0] && (await getFlow(database, rows[0]))
    if (flow?.anomalyDetail?.explanation && (flow.anomaly ?? 0) > (best?.anomaly ?? -1)) best = flow
  }
  return best
}
