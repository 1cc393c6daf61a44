import { parseAddress } from './address.ts'
import { FLOW_PARAMETERS, FLOW_QUERY_KEYS, parseFlowQuery, type FlowQuery } from './filter.ts'

/** Words people type before a colon, besides the parameter names themselves. */
const ALIASES: Record<string, string> = {
  ip: 'address',
  interface: 'iface',
  protocol: 'proto',
  application: 'app',
  domain: 'name',
}

/**
 * What was typed into the filter box: an address or network, a port number, a Community ID, `key:value` with the names
 * of the address bar, or else a text to look for. Undefined when a known key has a value it cannot take.
 */
export function parseSearchTerm(input: string): FlowQuery | undefined {
  const term = input.trim()
  if (term === '') return {}
  const address = parseAddress(term)
  if (address) return { address }
  if (/^1:[A-Za-z0-9+/]{27}=$/.test(term)) return { communityId: term }
  if (/^\d{1,5}$/.test(term) && Number(term) <= 65_535) return { port: Number(term) }

  const [, word, value] = /^([a-z]+):(.+)$/i.exec(term) ?? []
  const name = word && (ALIASES[word.toLowerCase()] ?? word.toLowerCase())
  const known = FLOW_QUERY_KEYS.some((key) => FLOW_PARAMETERS[key] === name)
  if (!name || !known) return { text: term }
  const { query, rejected } = parseFlowQuery(new URLSearchParams({ [name]: value ?? '' }))
  return rejected.length > 0 ? undefined : query
}
