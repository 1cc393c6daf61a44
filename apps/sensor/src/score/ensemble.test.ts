import { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { Ensemble } from './ensemble.ts'

const flow = (name: string, anomaly: number) =>
  Flow.fromPartial({ interface: name, anomalyParts: { forest: anomaly, autoencoder: anomaly } })

test('a flow says which threshold of its interface it reached; none where too little is known', async () => {
  const thresholds: Record<string, number> = { eth0: 0.99, eth1: 0.5 }
  const ensemble = new Ensemble({
    scorer: { models: [], modelOf: () => undefined, run: () => Promise.resolve(undefined) },
    threshold: () => 2,
    tellFrom: (name) => thresholds[name] ?? Number.POSITIVE_INFINITY,
  })
  const flows = [flow('eth0', 0.995), flow('eth0', 0.98), flow('eth1', 0.75), flow('eth2', 1)]
  flows[1].anomalyThreshold = 0.1
  await ensemble.refine(flows)
  expect(flows.map(({ anomalyThreshold }) => anomalyThreshold)).toEqual([0.99, undefined, 0.5, undefined])
})
