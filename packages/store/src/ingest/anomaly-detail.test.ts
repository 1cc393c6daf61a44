import { AnomalyPart, Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { toAnomalyDetail } from './anomaly-detail.ts'

test('kept where some part found much, else nothing', () => {
  const detailOf = (anomalyParts: object) => toAnomalyDetail(Flow.fromPartial({ anomalyParts }))
  expect(toAnomalyDetail(Flow.create())).toBeNull()
  expect(detailOf({ forest: 0.5, context: 0.9 })).toBeNull()
  expect(detailOf({ forest: 0.5, context: 0.96 })).toEqual({ parts: { forest: 0.5, context: 0.96 } })
  expect(detailOf({ forest: 0.99, autoencoder: NaN })).toEqual({ parts: { forest: 0.99 } })
})

test('an explanation is made storable: bounded lists and texts, absent values null', () => {
  const reason = { feature: `a\0${'b'.repeat(99)}`, part: AnomalyPart.CONTEXT, observed: Infinity, usualHigh: 3 }
  const flow = Flow.fromPartial({
    anomalyParts: { context: 1 },
    anomalyExplanation: {
      threshold: 0.5,
      reasons: Array.from({ length: 9 }, () => reason),
      smallestChange: [{ feature: 'c', from: 7 }],
    },
  })
  const explanation = toAnomalyDetail(flow)?.explanation
  expect(explanation?.reasons).toHaveLength(5)
  expect(explanation?.reasons[0]).toEqual({
    feature: `a${'b'.repeat(62)}`,
    part: 'context',
    observed: null,
    usualLow: null,
    usualHigh: 3,
    usualAbsent: 0,
    share: 0,
  })
  expect(explanation?.smallestChange).toEqual([{ feature: 'c', from: 7, to: null }])
})
