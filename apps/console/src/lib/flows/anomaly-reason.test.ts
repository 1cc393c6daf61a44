import { expect, test } from 'vitest'
import { disagree, featureTitle, featureValue, usualText } from './anomaly-reason.ts'

test('features and their values read with their units', () => {
  expect(featureTitle('forward_iat_mean_us')).toBe('Forward IAT mean')
  expect(featureValue('flow_payload_forward_ratio', 0.25)).toBe('25 %')
  expect(featureValue('flow_protocol_tcp_flag', 1)).toBe('yes')
  expect(featureValue('forward_packets_total_count', 1200)).toBe('1,200')
  expect(featureValue('forward_packets_total_count', null)).toBe('absent')
})

test('the usual range, and what is usually absent', () => {
  expect(usualText('forward_packets_total_count', 2, 9, 0)).toBe('2 to 9')
  expect(usualText('forward_packets_total_count', 2, 2, 0.9)).toMatch(/^absent in 90(\.0)? %, else 2$/)
  expect(usualText('forward_packets_total_count', null, null, 1)).toBe('absent')
})

test('parts that are far from one another disagree', () => {
  expect(disagree({ parts: { forest: 0.99, autoencoder: 0.97 } })).toBe(false)
  expect(disagree({ parts: { forest: 0.99, autoencoder: 0.4 } })).toBe(true)
  expect(disagree({ parts: { forest: 0.99 } })).toBe(false)
})
