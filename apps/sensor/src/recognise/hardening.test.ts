import { expect, test } from 'vitest'
import { mutate } from '../../fuzz/mutate.ts'
import { Random } from '../../fuzz/random.ts'
import { sampleHeads, type SampleHead } from '../../fuzz/sample-frames.ts'
import { Packet } from '../decode/packet.ts'
import { AddressNames } from './address-names.ts'
import { Expectations } from './expectations.ts'
import { FlowFacts } from './flow-facts.ts'
import { MessageAllowance } from './message-allowance.ts'
import type { Head, Recogniser } from './recogniser.ts'
import { recognisersFor } from './recognisers.ts'

const MUTATIONS = 12
const NOTHING = new Uint8Array(0)
const BEFORE = 16
const BEHIND = 96
/** Reads of an octet that one call may take: so many for each octet, and so many besides. */
const READS_AN_OCTET = 60
const READS = 4_000

const newShared = () => ({
  names: new AddressNames(),
  expectations: new Expectations(),
  messages: new MessageAllowance(),
})
const recognisers = {
  tcp: recognisersFor('tcp', newShared()),
  udp: recognisersFor('udp', newShared()),
}
const samples = sampleHeads()

interface Variant {
  octets: Uint8Array
  /** What may lie behind them in the same buffer. */
  behind: Uint8Array
}

/** Octets as they are, cut in several places with the rest behind them, and changed at random. */
function variants({ payload }: SampleHead, random: Random): Variant[] {
  const into = new Uint8Array(8_192)
  const cuts = Array.from({ length: MUTATIONS }, () => {
    const at = 1 + random.below(payload.length)
    return { octets: payload.subarray(0, at), behind: payload.subarray(at) }
  })
  const changed = Array.from({ length: MUTATIONS }, () => {
    const octets = into.slice(0, mutate(random, payload, random.pick(samples).payload, into))
    return { octets, behind: Uint8Array.from({ length: BEHIND }, () => random.below(256)) }
  })
  return [{ octets: payload, behind: payload }, ...cuts, ...changed].filter(({ octets }) => octets.length > 0)
}

function headOf({ octets, behind }: Variant, { transport, port, isBack }: SampleHead): Head {
  const bytes = new Uint8Array(BEFORE + octets.length + BEHIND)
  bytes.set(octets, BEFORE)
  bytes.set(behind.subarray(0, BEHIND), BEFORE + octets.length)
  const packet = new Packet()
  packet.family = 4
  packet.bytes = new Uint8Array(8)
  packet.destinationAddress = 4
  return {
    bytes,
    start: BEFORE,
    end: BEFORE + octets.length,
    forward: !isBack,
    isTcp: transport === 'tcp',
    sourcePort: 50_000,
    destinationPort: port,
    wireLength: octets.length,
    packet,
    memory: new Uint32Array(4),
    memoryAt: 0,
  }
}

/** What a recogniser makes of a head: the verdict, and all that it wrote. */
function ask(recogniser: Recogniser, head: Head): string {
  const facts = new FlowFacts(recogniser)
  const verdict = recogniser.recognise(head, facts)
  const { protocol, application, hostName, tls, dns, http, fields, isComplete } = facts
  return JSON.stringify({ verdict, protocol, application, hostName, tls, dns, http, fields, isComplete })
}

test('what lies behind the octets of a head changes nothing that is said of it', () => {
  const random = new Random(11)
  const differing = new Set<string>()
  for (const sample of samples) {
    for (const variant of variants(sample, random)) {
      const { octets } = variant
      for (const recogniser of recognisers[sample.transport]) {
        const one = ask(recogniser, headOf(variant, sample))
        const other = ask(recogniser, headOf({ octets, behind: NOTHING }, sample))
        if (one !== other) differing.add(`${recogniser.name}: ${Buffer.from(octets).toString('hex')} ${one} ${other}`)
      }
    }
  }
  expect([...differing]).toEqual([])
})

test('a head is read in a number of steps that its length bounds', () => {
  const random = new Random(12)
  for (const sample of samples) {
    for (const variant of variants(sample, random).slice(0, MUTATIONS)) {
      for (const recogniser of recognisers[sample.transport]) {
        const head = headOf(variant, sample)
        const counted = countReads(head)
        ask(recogniser, head)
        expect(counted.reads, recogniser.name).toBeLessThanOrEqual(READS + READS_AN_OCTET * variant.octets.length)
      }
    }
  }
})

/** Replaces the octets of a head by ones that count how often they are read. */
function countReads(head: Head): { reads: number } {
  const counted = { reads: 0 }
  head.bytes = new Proxy(head.bytes, {
    get(target, name) {
      if (typeof name === 'string' && name.charCodeAt(0) <= 0x39) {
        counted.reads++
        return target[Number(name)]
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return counted
}
