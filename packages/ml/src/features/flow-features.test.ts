import { readFile } from 'node:fs/promises'
import { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import {
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURE_SET_HASH,
  FEATURE_TABLE,
  SEQUENCE_LENGTH,
  SEQUENCE_NAMES,
  flowFeatures,
} from './index.ts'

const at = (vector: Float32Array, name: string) => {
  const index = FEATURE_NAMES.indexOf(name)
  expect(index, name).toBeGreaterThanOrEqual(0)
  return vector[index]
}

const direction = {
  packets: 4,
  octets: 1000,
  payloadOctets: 800,
  payloadPackets: 2,
  lengthMin: 52,
  lengthMax: 700,
  lengthMean: 250,
  lengthStd: 10,
  iatMinUs: 1,
  iatMaxUs: 9,
  iatMeanUs: 5,
  iatStdUs: 2,
  tcpSyn: 1,
  tcpAck: 3,
  tcpPsh: 2,
}

const web = Flow.fromPartial({
  startUs: 1_795_384_000_000_000,
  endUs: 1_795_384_002_000_000,
  protocol: 6,
  forward: direction,
  reverse: { ...direction, octets: 3000, payloadOctets: 2400 },
  firstLengths: [100, -300, -500, 50],
  firstGapsUs: [10, 20, 30, 100],
  handshakeRttUs: 1500,
})

test('the set is version 3: named by the rule, unique, more than 40', () => {
  expect(FEATURE_COUNT).toBeGreaterThanOrEqual(40)
  expect(new Set(FEATURE_NAMES).size).toBe(FEATURE_COUNT)
  for (const name of FEATURE_NAMES)
    expect(name).toMatch(/^(forward|reverse|flow)(_[a-z0-9]+)+_(count|octets|us|ratio|flag|s|bits|days|version)$/)
  for (const name of FEATURE_NAMES) expect(name).not.toMatch(/address|port|host|name|mac/)
  expect(FEATURE_TABLE.every((feature) => feature.tells && feature.range && feature.absent)).toBe(true)
  expect(FEATURE_SET_HASH).toMatch(/^[0-9a-f]{64}$/)
})

test('a TCP flow with both directions', () => {
  const vector = flowFeatures(web)
  expect(vector).toHaveLength(FEATURE_COUNT)
  expect(at(vector, 'forward_packets_total_count')).toBe(4)
  expect(at(vector, 'reverse_volume_total_octets')).toBe(3000)
  expect(at(vector, 'forward_payload_share_ratio')).toBe(0.5)
  expect(at(vector, 'forward_retransmission_share_ratio')).toBe(0)
  expect(at(vector, 'reverse_ack_share_ratio')).toBe(0.75)
  expect(at(vector, 'flow_duration_total_us')).toBe(2_000_000)
  expect(at(vector, 'flow_packets_rate_per_s')).toBe(4)
  expect(at(vector, 'flow_volume_rate_octets_per_s')).toBe(2000)
  expect(at(vector, 'flow_volume_forward_ratio')).toBe(0.25)
  expect(at(vector, 'flow_handshake_rtt_us')).toBe(1500)
  expect(at(vector, 'flow_length_first02_octets')).toBe(-300)
  expect(at(vector, 'flow_length_first05_octets')).toBeNaN()
  expect(at(vector, 'flow_gap_first03_us')).toBe(30)
  expect(at(vector, 'flow_opening_turns_count')).toBe(2)
  expect(at(vector, 'flow_opening_forward_ratio')).toBe(0.5)
  expect(at(vector, 'flow_opening_mean_octets')).toBe(237.5)
  expect(at(vector, 'flow_opening_pause_us')).toBe(100)
  expect(at(vector, 'flow_opening_gap_us')).toBe(40)
})

test('the first 16 lengths and gaps, each at its place, the rest of them absent', () => {
  const firstLengths = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 100 + i : -100 - i))
  const firstGapsUs = firstLengths.map((_, i) => 10 * i)
  const vector = flowFeatures(Flow.fromPartial({ ...web, firstLengths, firstGapsUs }))
  const sequence = SEQUENCE_NAMES.map((name) => at(vector, name))
  expect(sequence.slice(0, 12)).toEqual(firstLengths)
  expect(sequence.slice(SEQUENCE_LENGTH, SEQUENCE_LENGTH + 12)).toEqual(firstGapsUs)
  expect(sequence.filter(Number.isNaN)).toHaveLength(8)
})

test('one datagram without an answer: absent is NaN, counts are 0', () => {
  const vector = flowFeatures(
    Flow.fromPartial({ protocol: 17, startUs: 5, endUs: 5, forward: { packets: 1, octets: 60, lengthMin: 60 } }),
  )
  expect(at(vector, 'reverse_packets_total_count')).toBe(0)
  expect(at(vector, 'reverse_length_mean_octets')).toBeNaN()
  expect(at(vector, 'forward_iat_mean_us')).toBeNaN()
  expect(at(vector, 'forward_syn_total_count')).toBeNaN()
  expect(at(vector, 'flow_packets_rate_per_s')).toBeNaN()
  expect(at(vector, 'flow_packets_forward_ratio')).toBe(1)
  expect(at(vector, 'flow_protocol_udp_flag')).toBe(1)
  expect(at(vector, 'flow_reply_present_flag')).toBe(0)
})

test('a hello and a look-up are counted and measured, absent without', () => {
  const tls = {
    serverName: 'aabb',
    version: '1.2',
    ja4: 't13d1516h2_8daaf6152771_b0da82dd1658',
    cipher: '0xc02f',
    certificateNotBefore: 86_400,
    certificateNotAfter: 91 * 86_400,
  }
  const dns = { questionName: 'www.example.org', questions: 2, answers: 1, responseCode: 'NXDOMAIN' }
  const vector = flowFeatures(Flow.fromPartial({ ...web, tls, dns }))
  const expected = {
    flow_quic_present_flag: 0,
    forward_tls_offered_version: Math.fround(1.3),
    reverse_tls_chosen_version: Math.fround(1.2),
    forward_cipher_offered_count: 15,
    forward_extension_offered_count: 16,
    forward_alpn_offered_flag: 1,
    forward_ech_offered_flag: 0,
    forward_sni_length_octets: 4,
    forward_sni_entropy_bits: 1,
    reverse_certificate_validity_days: 90,
    forward_question_total_count: 2,
    reverse_answer_total_count: 1,
    forward_question_length_octets: 15,
    forward_question_labels_count: 3,
    reverse_answer_failure_flag: 1,
  }
  for (const [name, value] of Object.entries(expected)) expect(at(vector, name), name).toBe(value)
  const bare = flowFeatures(Flow.fromPartial({ ...web, tls: { serverName: '' } }))
  for (const { name, tier } of FEATURE_TABLE) if (tier === 'handshake') expect(at(bare, name), name).toBeNaN()
})

test('a column is of one tier, and the core tier needs no packets', () => {
  const tiers = Map.groupBy(FEATURE_TABLE, ({ tier }) => tier)
  expect([...tiers].map(([tier, columns]) => [tier, columns.length])).toEqual([
    ['core', 16],
    ['timing-and-length', 69],
    ['handshake', 16],
  ])
  expect(tiers.get('core')?.some(({ name }) => /iat|length|first|opening/.test(name))).toBe(false)
})

test('addresses, ports, names and times of day do not change the vector', () => {
  const moved = Flow.fromPartial({
    ...web,
    startUs: 7_000_000,
    endUs: 9_000_000,
    sourceAddress: Uint8Array.of(10, 0, 0, 1),
    sourcePort: 4242,
    destinationPort: 443,
    hostName: 'example.org',
    interface: 'eth9',
    vlanId: 12,
  })
  expect(flowFeatures(moved)).toEqual(flowFeatures(web))
})

test('every value of every flow is finite or NaN, also for an empty flow, and fills its own window only', () => {
  const out = new Float32Array(FEATURE_COUNT + 2).fill(7)
  flowFeatures(Flow.fromPartial({}), out, 1)
  expect(out[0]).toBe(7)
  expect(out.at(-1)).toBe(7)
  for (const value of out) expect(Math.abs(value)).not.toBe(Infinity)
  expect(flowFeatures(Flow.fromPartial({}))).toEqual(out.slice(1, -1))
})

test('the README documents every feature at its place in the vector', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  FEATURE_NAMES.forEach((name, i) => expect(readme).toMatch(new RegExp(`\\| ${i} +\\| \`${name}\` `)))
})
