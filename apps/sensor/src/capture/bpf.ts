/** Operations of classic BPF as linux/bpf_common.h numbers them, those that are used here. */
export const Bpf = {
  LOAD_WORD: 0x20,
  LOAD_HALF: 0x28,
  LOAD_OCTET: 0x30,
  LOAD_HALF_INDEXED: 0x48,
  LOAD_NUMBER: 0x00,
  LOAD_HEADER_LENGTH: 0xb1,
  LOAD_SCRATCH_INDEX: 0x61,
  STORE_SCRATCH: 0x02,
  AND: 0x54,
  AND_INDEX: 0x5c,
  OR_INDEX: 0x4c,
  XOR: 0xa4,
  JUMP: 0x05,
  JUMP_EQUAL: 0x15,
  JUMP_GREATER: 0x25,
  JUMP_GREATER_OR_EQUAL: 0x35,
  JUMP_BITS: 0x45,
  RETURN: 0x06,
} as const

/** Code, number, and how many instructions to pass over where a test holds and where it does not. */
export type Instruction = readonly [code: number, number: number, ifTrue?: number, ifFalse?: number]

const INSTRUCTION_OCTETS = 8

/** What the kernel takes: struct sock_filter, eight octets an instruction, in the byte order of the machine (all little-endian). */
export function assemble(instructions: readonly Instruction[]): Uint8Array {
  const program = new Uint8Array(instructions.length * INSTRUCTION_OCTETS)
  const view = new DataView(program.buffer)
  for (const [i, [code, number, ifTrue = 0, ifFalse = 0]] of instructions.entries()) {
    const at = i * INSTRUCTION_OCTETS
    view.setUint16(at, code, true)
    view.setUint8(at + 2, ifTrue)
    view.setUint8(at + 3, ifFalse)
    view.setUint32(at + 4, number, true)
  }
  return program
}

/** The same program; what it lets pass is cut to `octets`. */
export function withSnapLength(program: Uint8Array, octets: number): Uint8Array {
  const cut = program.slice()
  const view = new DataView(cut.buffer)
  for (let at = 0; at < cut.length; at += INSTRUCTION_OCTETS) {
    if (view.getUint16(at, true) === Bpf.RETURN && view.getUint32(at + 4, true) > 0)
      view.setUint32(at + 4, octets, true)
  }
  return cut
}

export const PASS_NOTHING = assemble([[Bpf.RETURN, 0]])
export const PASS_EVERYTHING = assemble([[Bpf.RETURN, 0x4_0000]])
