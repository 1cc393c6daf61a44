import { assemble, Bpf, type Instruction } from './bpf.ts'

/** What the kernel knows of a packet besides its octets (linux/filter.h: SKF_AD_OFF and above). */
const TAG = 0xffff_f000 + 44
const HAS_TAG = 0xffff_f000 + 48
/** Of an Ethernet frame whose tag is still in it. */
const ETHER_TYPE = 12
const TAG_IN_FRAME = 14
const [CUSTOMER_TAG, SERVICE_TAG] = [0x8100, 0x88a8]
const IDENTIFIER = 0xfff
/** Programs have at most 4,096 instructions. */
const MOST = 1_500

/**
 * A program that leaves out frames of some VLANs and goes on with another for the rest. A tag is beside the frame where the
 * card or the kernel took it off, in it where it is sent by a card that cannot add it.
 */
export function withoutVlans(identifiers: readonly number[], program: Uint8Array): Uint8Array {
  if (identifiers.length === 0 || identifiers.length > MOST) return program
  const tests = identifiers.flatMap((identifier): Instruction[] => [
    [Bpf.JUMP_EQUAL, identifier, 0, 1],
    [Bpf.RETURN, 0],
  ])
  const before = assemble([
    [Bpf.LOAD_OCTET, HAS_TAG],
    [Bpf.JUMP_EQUAL, 0, 2, 0],
    [Bpf.LOAD_HALF, TAG],
    [Bpf.JUMP, 5],
    [Bpf.LOAD_HALF, ETHER_TYPE],
    [Bpf.JUMP_EQUAL, CUSTOMER_TAG, 2, 0],
    [Bpf.JUMP_EQUAL, SERVICE_TAG, 1, 0],
    [Bpf.JUMP, tests.length + 2],
    [Bpf.LOAD_HALF, TAG_IN_FRAME],
    [Bpf.AND, IDENTIFIER],
    ...tests,
  ])
  const whole = new Uint8Array(before.length + program.length)
  whole.set(before)
  whole.set(program, before.length)
  return whole
}
