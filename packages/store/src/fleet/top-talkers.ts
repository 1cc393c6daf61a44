import type { Queryable } from '../database.ts'
import { toEpochMs, toTimestamp } from '../time.ts'
import type { TalkerRow, TopTalkersRequest } from '../types/samples.ts'

const TREND_BUCKETS = 24
const MAX_TALKERS = 100

/** Of a longer range only the last day is read: it costs the embedded engine about 2 s a million flows. */
const LONGEST_MS = 24 * 3_600_000

/** The range that is read: `from` and `to` in epoch milliseconds. */
function boundsOf(request: TopTalkersRequest): { from: number; to: number } {
  const to = toEpochMs(request.to)
  return { from: Math.max(toEpochMs(request.from), to - LONGEST_MS), to }
}

const rangeOf = (request: TopTalkersRequest) => {
  const { from, to } = boundsOf(request)
  return [toTimestamp(from), toTimestamp(to), request.sensorId ?? null]
}

/** SQL: flows of the range ($1, $2) and sensor ($3) that have addresses. */
const FLOWS = `flows WHERE end_time >= $1 AND end_time < $2 AND ($3::uuid IS NULL OR sensor_id = $3::uuid)
  AND source_address IS NOT NULL AND destination_address IS NOT NULL`

/** The addresses with the most octets in a range (the last day of a longer one), as either end of flows. */
export async function topTalkers(db: Queryable, request: TopTalkersRequest): Promise<TalkerRow[]> {
  const limit = Math.min(MAX_TALKERS, Math.max(1, Math.trunc(request.limit ?? 10)))
  const side = (address: string, sent: string, received: string, condition = 'true') => `
    SELECT ${address} AS address, sum(${sent}) AS sent, sum(${received}) AS received, sum(packets) AS packets,
      count(*) AS flows, max(anomaly) AS anomaly
    FROM ${FLOWS} AND ${condition} GROUP BY 1`
  const { rows } = await db.query<Omit<TalkerRow, keyof Detail>>(
    `SELECT host(address) AS address, sum(sent) AS "sentOctets", sum(received) AS "receivedOctets",
       sum(sent) + sum(received) AS octets, sum(packets) AS packets, sum(flows) AS flows, max(anomaly) AS "maxAnomaly"
     FROM (${side('source_address', 'forward_octets', 'reverse_octets')}
       UNION ALL ${side('destination_address', 'reverse_octets', 'forward_octets', 'destination_address <> source_address')}
     ) AS ends
     GROUP BY ends.address ORDER BY octets DESC, ends.address LIMIT $4`,
    [...rangeOf(request), limit],
  )
  if (rows.length === 0) return []
  const addresses = rows.map((row) => row.address)
  const details = await describe(db, request, addresses)
  const names = await namesOf(db, request, addresses)
  return rows.map((row) => ({
    ...row,
    ...(details.get(row.address) ?? emptyDetail()),
    hostName: names.get(row.address) ?? null,
  }))
}

type Detail = Pick<TalkerRow, 'peers' | 'topClass' | 'trend' | 'hostName'>

const emptyDetail = () => ({
  peers: 0,
  topClass: null as string | null,
  trend: Array.from({ length: TREND_BUCKETS }, () => 0),
})

/** Peers, main class and trend of some addresses. */
async function describe(db: Queryable, request: TopTalkersRequest, addresses: string[]) {
  const { from, to } = boundsOf(request)
  const step = (to - from) / 1000 / TREND_BUCKETS
  const { rows } = await db.query<{
    address: string
    class: string | null
    i: number | null
    octets: number
    peers: number
  }>(
    `WITH own AS (
       SELECT source_address AS address, destination_address AS peer, class, octets, end_time AS time
       FROM ${FLOWS} AND source_address = ANY ($4::inet[])
       UNION ALL
       SELECT destination_address, source_address, class, octets, end_time
       FROM ${FLOWS} AND destination_address = ANY ($4::inet[]) AND destination_address <> source_address
     ), placed AS (
       SELECT *, greatest(0, least(${TREND_BUCKETS - 1}, floor((date_part('epoch', time) - $5::float8) / $6::float8)))::int AS i FROM own
     )
     SELECT host(address) AS address, class, i, sum(octets) AS octets, count(DISTINCT peer) AS peers
     FROM placed GROUP BY GROUPING SETS ((address), (address, class), (address, i))`,
    [...rangeOf(request), addresses, from / 1000, step],
  )
  const details = new Map(addresses.map((address) => [address, emptyDetail()]))
  const largest = new Map<string, number>()
  for (const { address, class: name, i, octets, peers } of rows) {
    const detail = details.get(address)
    if (!detail) continue
    if (i !== null) detail.trend[i] = octets
    else if (name === null) detail.peers = peers
    else if (name !== '' && octets > (largest.get(address) ?? -1)) {
      largest.set(address, octets)
      detail.topClass = name
    }
  }
  return details
}

/** Our own hosts' names, and for others the name that the latest flows to them were for. */
async function namesOf(db: Queryable, request: TopTalkersRequest, addresses: string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ address: string; name: string }>(
    `SELECT host(talker.address) AS address, latest.name
     FROM unnest($3::inet[]) AS talker(address) CROSS JOIN LATERAL (
       SELECT max(host_name) AS name FROM (
         SELECT host_name FROM flows WHERE destination_address = talker.address AND end_time >= $1 AND end_time < $2
         ORDER BY end_time DESC LIMIT 100) AS newest
       WHERE host_name <> '') AS latest
     WHERE latest.name IS NOT NULL`,
    [...rangeOf(request).slice(0, 2), addresses],
  )
  return new Map([...rows.map((row) => [row.address, row.name] as const), ...(await hostsByAddress(db, addresses))])
}

/** Names of our own hosts by the addresses of their interfaces. */
async function hostsByAddress(db: Queryable, addresses: string[]): Promise<Map<string, string>> {
  const { rows } = await db.query<{ address: string; hostname: string }>(
    `SELECT split_part(held, '/', 1) AS address, min(s.hostname) AS hostname
     FROM interfaces i JOIN sensors s ON s.id = i.sensor_id, unnest(i.addresses) AS held
     WHERE split_part(held, '/', 1) = ANY ($1::text[]) AND i.medium <> 'loopback' GROUP BY 1`,
    [addresses],
  )
  return new Map(rows.map((row) => [row.address, row.hostname]))
}
