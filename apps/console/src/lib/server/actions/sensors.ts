import { recordAudit, removeSensor, renameSensor, setLabels, type Labels } from '@picket/store'
import type { ActionContext } from './context.ts'

/** Retires a sensor: its certificate is refused from now on, its history stays. */
export async function retireSensor(context: ActionContext, sensorId: string, hostname: string): Promise<void> {
  const { database, publish, command, actor } = context
  await removeSensor(database, sensorId)
  await recordAudit(database, { actor, action: 'sensor.remove', subject: sensorId, detail: { hostname } })
  await command({ type: 'sensor-removed', sensorId })
  await publish({ type: 'sensor', sensorId, state: 'retired', hostname, lastSeen: null })
}

/** Gives a sensor the name and labels people know its host by. */
export async function describeSensor(
  { database, actor }: ActionContext,
  sensorId: string,
  { name, labels }: { name: string; labels: Labels },
): Promise<void> {
  await renameSensor(database, sensorId, name)
  await setLabels(database, sensorId, labels)
  await recordAudit(database, { actor, action: 'sensor.describe', subject: sensorId, detail: { name, labels } })
}
