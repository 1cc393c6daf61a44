import type { Queryable } from '../database.ts'
import { InvalidFilterError } from '../errors.ts'
import { containing, Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type { FlowFilter } from '../types/flows.ts'
import { parseNetwork, requireNetwork } from './format-address.ts'

/** With more words than this a part of a word is no selective filter, and rows are compared one by one instead. */
const MAX_TERMS = 1000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Conditions of a filter on flows `f`. A part of a word is first looked up among the words there are, so that the query
 * on flows compares whole words and can use an index. Throws `InvalidFilterError`.
 */
export async function flowWhere(db: Queryable, filter: FlowFilter): Promise<Where> {
  const where = new Where()
  where.add(`f.end_time >= ${where.parameter(toTimestamp(filter.from))}`)
  where.add(`f.end_time < ${where.parameter(toTimestamp(filter.to))}`)
  where.when(sensorId(given(filter.sensorId)), (value) => `f.sensor_id = ${value}`)
  where.when(given(filter.interface), (value) => `f.interface = ${value}`)
  where.when(port(filter.port), (value) => `(f.destination_port = ${value} OR f.source_port = ${value})`)
  where.when(filter.protocol, (value) => `f.protocol = ${value}`)
  where.when(given(filter.protocolName)?.toLowerCase(), (value) => `f.protocol_name = ${value}`)
  where.when(given(filter.class), (value) => `f.class = ${value}`)
  where.when(given(filter.application), (value) => `f.application = ${value}`)
  where.when(filter.minAnomaly, (value) => `f.anomaly >= ${value}::real`)
  where.when(given(filter.communityId), (value) => `f.community_id = ${value}`)
  if (!(await areKnown(db, filter))) where.add('false')
  const { address, host, text } = filter
  if (given(address) !== undefined) addAddress(where, address!)
  if (given(host) !== undefined) await addHost(db, where, host!)
  if (given(text?.trim()) !== undefined) await addText(db, where, text!.trim())
  return where
}

/** An empty field of a form asks nothing. */
const given = (value: string | undefined) => (value === '' ? undefined : value)

/** Whether every word the filter names as a whole was ever seen; if not, there is nothing to look for. */
async function areKnown(db: Queryable, filter: FlowFilter): Promise<boolean> {
  const wanted = Object.entries({
    class: filter.class,
    application: filter.application,
    protocol_name: filter.protocolName?.toLowerCase(),
    interface: filter.interface,
  }).filter(([, term]) => term !== undefined && term !== '')
  if (wanted.length === 0) return true
  const { rows } = await db.query<{ known: number }>(
    `SELECT count(*) AS known FROM flow_terms
     WHERE (kind, term) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [wanted.map(([kind]) => kind), wanted.map(([, term]) => term)],
  )
  return rows[0].known === wanted.length
}

/** Whether the filter asks nothing but what the aggregates are grouped by. */
export function isAggregated(filter: FlowFilter): boolean {
  const {
    from: _from,
    to: _to,
    sensorId: _sensor,
    interface: _interface,
    class: _class,
    application: _app,
    ...rest
  } = filter
  return Object.values(rest).every((value) => value === undefined || value === '')
}

function sensorId(value: string | undefined): string | undefined {
  if (value === undefined || UUID.test(value)) return value
  throw new InvalidFilterError(`sensorId: expected a UUID, found ${value.slice(0, 60)}`)
}

function port(value: number | undefined): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= 65_535)) return value
  throw new InvalidFilterError(`port: expected a number from 0 to 65535, found ${value}`)
}

function addAddress(where: Where, text: string): void {
  const { network, single } = requireNetwork(text)
  const value = `${where.parameter(network)}::inet`
  const operator = single ? '=' : '<<='
  where.add(`(f.source_address ${operator} ${value} OR f.destination_address ${operator} ${value})`)
}

async function addHost(db: Queryable, where: Where, part: string): Promise<void> {
  const terms = await matchingTerms(db, part, ['host_name'])
  addAny(where, [...termConditions(where, terms, part), ...(await sensorConditions(db, where, part))])
}

async function addText(db: Queryable, where: Where, text: string): Promise<void> {
  if (parseNetwork(text)) return addAddress(where, text)
  if (/^1:[A-Za-z0-9+/]{27}=$/.test(text)) return where.add(`f.community_id = ${where.parameter(text)}`)
  const terms = await matchingTerms(db, text, Object.keys(TERM_CONDITIONS))
  addAny(where, [...termConditions(where, terms, text), ...(await sensorConditions(db, where, text))])
}

/** One of the conditions holds; none is no condition that anything meets. */
function addAny(where: Where, conditions: string[]): void {
  where.add(conditions.length > 0 ? `(${conditions.join(' OR ')})` : 'false')
}

/** Columns of flows whose words are listed in `flow_terms`, with the condition that lets an index be used. */
const TERM_CONDITIONS: Record<string, string> = {
  host_name: `f.host_name <> '' AND f.host_name`,
  class: 'f.class',
  application: 'f.application',
  protocol_name: 'f.protocol_name',
  interface: 'f.interface',
}

type Terms = Map<string, string[]>

async function matchingTerms(db: Queryable, part: string, kinds: string[]): Promise<Terms> {
  const { rows } = await db.query<{ kind: string; terms: string[] }>(
    `SELECT kind, (array_agg(term))[1:${MAX_TERMS + 1}] AS terms FROM flow_terms
     WHERE kind = ANY ($1::text[]) AND term ILIKE $2 GROUP BY kind`,
    [kinds, containing(part)],
  )
  return new Map(rows.map((row) => [row.kind, row.terms]))
}

function termConditions(where: Where, found: Terms, part: string): string[] {
  return [...found].map(([kind, terms]) =>
    terms.length > MAX_TERMS
      ? `f.${kind} ILIKE ${where.parameter(containing(part))}`
      : `(${TERM_CONDITIONS[kind]} = ANY (${where.parameter(terms)}::text[]))`,
  )
}

async function sensorConditions(db: Queryable, where: Where, part: string): Promise<string[]> {
  const sensors = await db.query<{ id: string }>('SELECT id FROM sensors WHERE hostname ILIKE $1 OR name ILIKE $1', [
    containing(part),
  ])
  if (sensors.rows.length === 0) return []
  return [`f.sensor_id = ANY (${where.parameter(sensors.rows.map((row) => row.id))}::uuid[])`]
}
