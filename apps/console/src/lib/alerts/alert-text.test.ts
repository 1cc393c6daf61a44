import { expect, test } from 'vitest'
import { evidenceLines } from './alert-text.ts'

test('evidence reads with its units', () => {
  expect(
    evidenceLines({
      distinct_ports: 1024,
      span_s: 3,
      handshake_rtt_us: 850,
      peakBps: 1_250_000,
      busy_share: 0.934,
      mean_score: 0.98765,
      targets: ['192.0.2.1', '192.0.2.2'],
      nothing: null,
    }),
  ).toEqual([
    { label: 'Distinct ports', value: '1,024' },
    { label: 'Span', value: '3.00 s' },
    { label: 'Handshake rtt', value: '850 µs' },
    { label: 'Peak', value: '1.25 Mb/s' },
    { label: 'Busy', value: '93 %' },
    { label: 'Mean score', value: '0.9877' },
    { label: 'Targets', value: '192.0.2.1, 192.0.2.2' },
  ])
})
