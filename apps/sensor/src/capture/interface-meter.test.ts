import { expect, test } from 'vitest'
import { ethernet, ipv4, text, udp } from '../../test/packets.ts'
import { Rung } from '../budget/rung.ts'
import { AddressNames } from '../recognise/address-names.ts'
import { Exclusion } from './exclusion.ts'
import { Frame } from './frame.ts'
import { InterfaceMeter } from './interface-meter.ts'

const FLOWS = 400

function meterOneLap(meter: InterfaceMeter, lap: number): void {
  const frame = new Frame()
  for (let flow = 0; flow < FLOWS; flow++) {
    const ends = { from: `10.0.${flow & 3}.${flow >> 2}`, to: '192.0.2.1' }
    const back = { from: ends.to, to: ends.from }
    const question = udp(1024 + flow, 5353, text('x'))
    const answer = udp(5353, 1024 + flow, text('y'))
    for (const octets of [ethernet(ipv4(ends, question)), ethernet(ipv4(back, answer))]) {
      frame.bytes = octets
      frame.capturedLength = octets.length
      frame.wireLength = octets.length
      frame.timeUs = 1_795_384_000_000_000 + lap * 1_000_000
      meter.handle(frame)
    }
  }
}

test('on every rung each packet is in a flow or in a gap, and a sample holds whole conversations', () => {
  const timeouts = { idleTimeoutUs: 3e7, activeTimeoutUs: 6e7 }
  const parts = { exclusion: new Exclusion(), names: new AddressNames() }
  const meter = new InterfaceMeter({ interfaceName: 'test0', ...timeouts, maxFlows: 1024, ...parts })
  const seen = { packets: 0, inGaps: 0, inFlows: 0 }
  for (const [lap, rung] of Object.values(Rung).entries()) {
    meter.rung = rung
    meterOneLap(meter, lap)
    while (meter.table.endSome(FLOWS));
    const flows = meter.takeFlows()
    const gaps = meter.takeGaps()
    for (const { forward, reverse, countersOnly, firstLengths, samplingWeight } of flows) {
      expect([forward?.packets, reverse?.packets]).toEqual([1, 1])
      expect([forward?.octets, reverse?.octets]).toEqual([29, 29])
      expect(countersOnly).toBe(rung >= Rung.WITHOUT_PACKET_STATISTICS)
      expect([firstLengths.length, forward?.lengthMax]).toEqual(countersOnly ? [0, 0] : [2, 29])
      expect(samplingWeight).toBe(rung === Rung.ONE_FLOW_IN_FOUR ? 4 : undefined)
      seen.inFlows += 2
    }
    for (const { cause, source, packets } of gaps) {
      expect([cause, source]).toEqual(['over-budget', 'budget'])
      seen.inGaps += packets
    }
    seen.packets += 2 * FLOWS
    expect(meter.packetsRead).toBe(seen.packets)
    expect(seen.inFlows + seen.inGaps).toBe(seen.packets)
    if (rung < Rung.ONE_FLOW_IN_FOUR) expect(flows).toHaveLength(FLOWS)
    // A quarter of 400, give or take what chance does to a fixed set of ends.
    if (rung === Rung.ONE_FLOW_IN_FOUR) expect(Math.abs(flows.length - FLOWS / 4)).toBeLessThan(FLOWS / 10)
    if (rung === Rung.COUNTERS) expect(flows).toHaveLength(0)
  }
})
