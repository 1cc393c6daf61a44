import { PASS_NOTHING } from './bpf.ts'
import { CaptureError } from './capture-error.ts'
import { compileExpression } from './filter-compiler.ts'
import { FilterError } from './filter-error.ts'
import { compileByLibpcap } from './native-filter.ts'

/** A filter that the kernel applies before packets reach the sensor. */
export interface PacketFilter {
  readonly expression: string
  /** Instructions of classic BPF for links with Ethernet headers or for those without. */
  programFor(isEthernet: boolean): Uint8Array
}

/**
 * Compiles an expression (pcap-filter(7)) for both kinds of links, by libpcap or, where there is none, as far as the language
 * of `filter-parser.ts` goes. Throws a CaptureError that says where the mistake is.
 */
export function packetFilter(expression: string, byLibrary = compileByLibpcap): PacketFilter {
  const compile = (isEthernet: boolean): Uint8Array =>
    byLibrary(expression, isEthernet) ?? compileExpression(expression, isEthernet)
  try {
    const plain = compile(true)
    const cooked = orNothing(() => compile(false))
    return { expression, programFor: (isEthernet) => (isEthernet ? plain : cooked) }
  } catch (error) {
    if (error instanceof FilterError) throw toCaptureError(expression, error)
    throw error
  }
}

/** What asks for link-layer addresses is nothing that a link without them has. */
function orNothing(compile: () => Uint8Array): Uint8Array {
  try {
    return compile()
  } catch (error) {
    if (error instanceof FilterError) return PASS_NOTHING
    throw error
  }
}

function toCaptureError(expression: string, { position, message }: FilterError): CaptureError {
  const rest = expression.slice(position - 1).trim()
  const place = rest === '' ? 'at its end' : `at character ${position}, "${rest}"`
  return new CaptureError('capture-filter', `--filter ${expression}: ${message}, ${place}`)
}
