import { assemble, Bpf, type Instruction } from './bpf.ts'
import type { FilterNode } from './filter-node.ts'
import { parseFilter } from './filter-parser.ts'
import { primitiveSteps, type Step } from './filter-primitives.ts'

const EVERYTHING = 0x4_0000

/** Compiles what `parseFilter` reads. Throws a FilterError. */
export function compileExpression(expression: string, isEthernet: boolean): Uint8Array {
  return assemble([
    ...instructionsOf(parseFilter(expression), isEthernet, 0),
    [Bpf.JUMP_EQUAL, 0, 0, 1],
    [Bpf.RETURN, 0],
    [Bpf.RETURN, EVERYTHING],
  ])
}

/** Leaves 1 in the accumulator where the packet is asked for, else 0. `cell` is the first free one of the scratch memory's 16. */
function instructionsOf(node: FilterNode, isEthernet: boolean, cell: number): Instruction[] {
  if (node.kind === 'not') return [...instructionsOf(node.of, isEthernet, cell), [Bpf.XOR, 1]]
  if (node.kind !== 'and' && node.kind !== 'or') return resolve(primitiveSteps(node, isEthernet ? 14 : 0))
  return [
    ...instructionsOf(node.left, isEthernet, cell),
    [Bpf.STORE_SCRATCH, cell],
    ...instructionsOf(node.right, isEthernet, cell + 1),
    [Bpf.LOAD_SCRATCH_INDEX, cell],
    [node.kind === 'and' ? Bpf.AND_INDEX : Bpf.OR_INDEX, 0],
  ]
}

/** Puts distances in place of labels; "yes" and "no" are behind the last step. */
function resolve(steps: readonly Step[]): Instruction[] {
  const places = new Map<string, number>()
  let place = 0
  for (const step of steps) {
    if (typeof step === 'string') places.set(step, place)
    else place++
  }
  places.set('yes', place).set('no', place + 2)
  const instructions = steps.filter((step) => typeof step !== 'string')
  return [
    ...instructions.map(([code, number, ifTrue = '', ifFalse = ''], i): Instruction => {
      const distance = (label: string): number => (label === '' ? 0 : (places.get(label) ?? 0) - i - 1)
      return [code, number, distance(ifTrue), distance(ifFalse)]
    }),
    [Bpf.LOAD_NUMBER, 1],
    [Bpf.JUMP, 1],
    [Bpf.LOAD_NUMBER, 0],
  ]
}
