import { pcap, PcapngBuilder, type CapturedFrame } from '../test/capture-files.ts'

const T0_US = 1_700_000_000_000_000
const KEPT = 60
const FRAMES = 4
const MILLISECONDS = 3
const NANOSECONDS = 9

/** Capture files of a few hundred octets, of each kind that is read, holding the heads of these frames. */
export function smallCaptures(frames: readonly Uint8Array[]): Uint8Array[] {
  const heads = frames.slice(0, FRAMES).map((frame) => frame.subarray(0, KEPT))
  const captured: CapturedFrame[] = heads.map((octets, i) => ({ timeUs: T0_US + i, octets, wireLength: KEPT + i }))
  const kinds = [{}, { bigEndian: true }, { nanoseconds: true }, { minor: 2 }, { patched: true }, { linkType: 113 }]
  return [
    ...kinds.map((kind) => pcap(captured, kind)),
    ...[false, true].map((bigEndian) => pcapng(heads, bigEndian)),
  ].map((file) => new Uint8Array(file))
}

/** Two sections, two interfaces of different resolution, packets in each kind of block. */
function pcapng(heads: readonly Uint8Array[], bigEndian: boolean): Buffer {
  const [first, second, third, fourth] = heads
  return new PcapngBuilder({ bigEndian })
    .interface(1, { resolution: NANOSECONDS })
    .interface(101, { resolution: MILLISECONDS, snapLength: KEPT })
    .enhanced(0, BigInt(T0_US) * 1_000n, first)
    .enhanced(1, BigInt(T0_US) / 1_000n, second)
    .section()
    .interface(1)
    .simple(third)
    .obsolete(0, BigInt(T0_US), fourth)
    .build()
}
