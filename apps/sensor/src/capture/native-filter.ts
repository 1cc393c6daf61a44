import { loadAddon } from '../native-addon.ts'
import { FilterError } from './filter-error.ts'
import { filterTokens } from './filter-tokens.ts'

/** The addon `native/filter.cc`; its head comment is the contract. */
interface FilterAddon {
  compile(expression: string, linkType: number): Uint8Array | undefined
}

/** As libpcap numbers links in a process of Linux, which differs from the numbers in files. */
const [DLT_EN10MB, DLT_RAW] = [1, 12]

/** What may follow a part of an expression that has no mistake so far. */
const COMPLETIONS = ['', ' ip', ' 192.0.2.1', ' 80', ' 80-81', ' 192.0.2.0/24', ' = 0', '] = 0', '0] = 0']

/** Undefined where there is no libpcap. Throws a FilterError. */
export function compileByLibpcap(expression: string, isEthernet: boolean): Uint8Array | undefined {
  const linkType = isEthernet ? DLT_EN10MB : DLT_RAW
  const addon = loadFilterAddon()
  if (!addon) return undefined
  const vlan = filterTokens(expression).find(({ text }) => text === 'vlan')
  // libpcap would look for the tag in the frame, where it is no more.
  if (vlan)
    throw new FilterError(vlan.position, 'the kernel takes tags off before the filter; name the interface of the VLAN')
  try {
    return addon.compile(expression, linkType)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FilterError(
      mistakeIn(expression, (text) => isGood(addon, text, linkType)),
      reason,
    )
  }
}

/** libpcap does not say where: it is the first word after which no completion makes a filter. */
function mistakeIn(expression: string, isGood: (text: string) => boolean): number {
  for (const { position, text } of filterTokens(expression)) {
    const part = expression.slice(0, position - 1 + text.length)
    const open = part.split('(').length - part.split(')').length
    const closing = ')'.repeat(Math.max(0, open))
    if (!COMPLETIONS.some((completion) => isGood(part + completion + closing))) return position
  }
  return expression.length + 1
}

function isGood(addon: FilterAddon, text: string, linkType: number): boolean {
  try {
    addon.compile(text, linkType)
    return true
  } catch {
    return false
  }
}

function loadFilterAddon(): FilterAddon | undefined {
  try {
    return loadAddon('filter') as FilterAddon
  } catch {
    return undefined
  }
}
