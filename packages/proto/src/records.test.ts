import { expect, test } from 'vitest'
import { EndReason, Flow, Records } from './index.ts'

test('a flow survives the wire with every optional field absent or present', () => {
  const flow = Flow.fromPartial({
    interface: 'eth0',
    startUs: 1_795_384_000_123_456,
    endUs: 1_795_384_000_999_999,
    sourceAddress: Uint8Array.of(192, 0, 2, 1),
    endReason: EndReason.END_OF_FLOW,
    forward: { packets: 3, octets: 180 },
    firstLengths: [52, -1460],
    anomaly: 0,
  })
  const [decoded] = Records.decode(Records.encode(Records.fromPartial({ flows: [flow] })).finish()).flows
  expect(decoded).toEqual(flow)
  expect(decoded.anomaly).toBe(0)
  expect(decoded.vlanId).toBeUndefined()
  expect(decoded.reverse).toBeUndefined()
})
