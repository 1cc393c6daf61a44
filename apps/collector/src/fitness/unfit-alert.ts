import type { AlertEvidence, ModelRow, NewFitness, SensorRow } from '@picket/store'

/** One alert a model, whatever number of hosts it stepped back on. */
export function unfitAlert(model: ModelRow, sensor: SensorRow, fitness: NewFitness, atMs: number): AlertEvidence {
  return {
    rule: 'model-unfit',
    entity: model.id,
    severity: 'medium',
    title: `${model.id} does not fit the traffic any more`,
    sensorId: sensor.sensorId,
    interface: '',
    score: fitness.outsideShare,
    firstSeen: atMs,
    lastSeen: atMs,
    evidence: {
      hostname: sensor.hostname,
      reason: fitness.reason,
      changedShare: fitness.changedShare,
      outsideShare: fitness.outsideShare,
      features: fitness.features.slice(0, 3).map(({ feature }) => feature),
      whatToDo: 'It was taken out of use there; train a model on the traffic of now.',
    },
    communityIds: [],
  }
}
