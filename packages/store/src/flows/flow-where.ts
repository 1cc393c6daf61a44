import type { Queryable } from '../database.ts'
import { InvalidFilterError } from '../errors.ts'
import { containing, Where } from '../query/where.ts'
import { toTimestamp } from '../time.ts'
import type { FlowFilter } from '../types/flows.ts'
import { parseNetwork, requireNetwork } from './format-address.ts'

/** With more names than this a part of a name is no selective filter, and rows are compared one by one instead. */
const MAX_NAMES = 1000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Conditions of a filter on flows `f`. A part of a host name is first looked up among the names there are, so that the
 * query on flows compares whole names and can use an index. Throws `InvalidFilterError`.
 */
export async function flowWhere(db: Queryable, filter: FlowFilter): Promise<Where> {
  const where = new Where()
  where.add(`f.end_time >= ${where.parameter(toTimestamp(filter.from))}`)
  where.add(`f.end_time < ${where.parameter(toTimestamp(filter.to))}`)
  where.when(sensorId(filter.sensorId), (value) => `f.sensor_id = ${value}`)
  where.when(filter.interface, (value) => `f.interface = ${value}`)
  where.when(port(filter.port), (value) => `(f.destination_port = ${value} OR f.source_port = ${value})`)
  where.when(filter.protocol, (value) => `f.protocol = ${value}`)
  where.when(filter.protocolName?.toLowerCase(), (value) => `f.protocol_name = ${value}`)
  where.when(filter.class, (value) => `f.class = ${value}`)
  where.when(filter.application, (value) => `f.application = ${value}`)
  where.when(filter.minAnomaly, (value) => `f.anomaly >= ${value}::real`)
  where.when(filter.communityId, (value) => `f.community_id = ${value}`)
  if (filter.address !== undefined) addAddress(where, filter.address)
  if (filter.host !== undefined && filter.host !== '') await addHost(db, where, filter.host)
  if (filter.text !== undefined && filter.text.trim() !== '') await addText(db, where, filter.text.trim())
  return where
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
  where.add(`(${(await hostConditions(db, where, part)).join(' OR ')})`)
}

async function addText(db: Queryable, where: Where, text: string): Promise<void> {
  if (parseNetwork(text)) return addAddress(where, text)
  if (/^1:[A-Za-z0-9+/]{27}=$/.test(text)) return where.add(`f.community_id = ${where.parameter(text)}`)
  const conditions = await hostConditions(db, where, text)
  const pattern = where.parameter(containing(text))
  const columns = ['application', 'class', 'protocol_name', 'interface']
  where.add(`(${[...conditions, ...columns.map((column) => `f.${column} ILIKE ${pattern}`)].join(' OR ')})`)
}

/** Conditions of which one holds when the flow's host name or its sensor's has the part. Never empty. */
async function hostConditions(db: Queryable, where: Where, part: string): Promise<string[]> {
  const pattern = containing(part)
  const names = await db.query<{ name: string }>(
    `SELECT host_name AS name FROM flow_host_names WHERE host_name ILIKE $1 LIMIT ${MAX_NAMES + 1}`,
    [pattern],
  )
  const sensors = await db.query<{ id: string }>('SELECT id FROM sensors WHERE hostname ILIKE $1 OR name ILIKE $1', [
    pattern,
  ])
  const conditions: string[] = []
  if (names.rows.length > MAX_NAMES) conditions.push(`f.host_name ILIKE ${where.parameter(pattern)}`)
  else if (names.rows.length > 0) {
    conditions.push(
      `(f.host_name <> '' AND f.host_name = ANY (${where.parameter(names.rows.map((row) => row.name))}::text[]))`,
    )
  }
  if (sensors.rows.length > 0) {
    conditions.push(`f.sensor_id = ANY (${where.parameter(sensors.rows.map((row) => row.id))}::uuid[])`)
  }
  return conditions.length > 0 ? conditions : ['false']
}
