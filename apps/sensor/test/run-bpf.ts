import { Bpf } from '../src/capture/bpf.ts'

/** What a program of classic BPF returns for a frame, as the kernel would run it (octets kept, 0 for none); linux/filter.h. */
export function runBpf(program: Uint8Array, frame: Uint8Array): number {
  const code = new DataView(program.buffer, program.byteOffset, program.length)
  const data = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const scratch = new Uint32Array(16)
  let a = 0
  let x = 0
  for (let at = 0; at < program.length; at += 8) {
    const operation = code.getUint16(at, true)
    const k = code.getUint32(at + 4, true)
    const jump = (holds: boolean): void => void (at += 8 * code.getUint8(at + (holds ? 2 : 3)))
    const place = operation === Bpf.LOAD_HALF_INDEXED ? x + k : k
    const wide: Record<number, number> = {
      [Bpf.LOAD_WORD]: 4,
      [Bpf.LOAD_HALF]: 2,
      [Bpf.LOAD_HALF_INDEXED]: 2,
      [Bpf.LOAD_OCTET]: 1,
      [Bpf.LOAD_HEADER_LENGTH]: 1,
    }
    const width = wide[operation] ?? 0
    // The kernel's own facts lie above: no frame here has a tag beside it.
    const isFact = place >= 0xffff_f000
    if (!isFact && width > 0 && place + width > frame.length) return 0
    const value =
      isFact || width === 0
        ? 0
        : width === 4
          ? data.getUint32(place)
          : width === 2
            ? data.getUint16(place)
            : data.getUint8(place)
    switch (operation) {
      case Bpf.LOAD_WORD:
      case Bpf.LOAD_HALF:
      case Bpf.LOAD_HALF_INDEXED:
      case Bpf.LOAD_OCTET:
        a = value
        break
      case Bpf.LOAD_HEADER_LENGTH:
        x = (value & 15) * 4
        break
      case Bpf.LOAD_NUMBER:
        a = k
        break
      case Bpf.STORE_SCRATCH:
        scratch[k] = a
        break
      case Bpf.LOAD_SCRATCH_INDEX:
        x = scratch[k]
        break
      case Bpf.AND:
        a = (a & k) >>> 0
        break
      case Bpf.AND_INDEX:
        a = (a & x) >>> 0
        break
      case Bpf.OR_INDEX:
        a = (a | x) >>> 0
        break
      case Bpf.XOR:
        a = (a ^ k) >>> 0
        break
      case Bpf.JUMP:
        at += 8 * k
        break
      case Bpf.JUMP_EQUAL:
        jump(a === k)
        break
      case Bpf.JUMP_GREATER:
        jump(a > k)
        break
      case Bpf.JUMP_GREATER_OR_EQUAL:
        jump(a >= k)
        break
      case Bpf.JUMP_BITS:
        jump((a & k) !== 0)
        break
      case Bpf.RETURN:
        return k
      default:
        throw new Error(`operation ${operation.toString(16)} is not run here`)
    }
  }
  throw new Error('the program does not end')
}
