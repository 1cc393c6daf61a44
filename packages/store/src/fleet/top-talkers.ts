import type { Queryable } from '../database.ts'
import { toEpochMs, toTimestamp } from '../time.ts'
import type { TalkerRow, TopTalkersRequest } from '../types/samples.ts'

const TREND_BUCKETS = 24
const MAX_TALKERS = 100

/** The addresses with the most octets in a range, as either end of flows. */
export async function topTalkers(db: Queryable, request: TopTalkersRequest): Promise<TalkerRow[]> {
  const range = [toTimestamp(request.from), toTimestamp(request.to), request.sensorId ?? null]
  const limit = Math.min(MAX_TALKERS, Math.max(1, Math.trunc(request.limit ?? 10)))
  const { rows } = await db.query<TalkerRow>(
    `WITH chosen AS (
       SELECT source_address, destination_address, sum(forward_octets) AS forward, sum(reverse_octets) AS reverse,
         sum(packets) AS packets, count(*) AS flows, max(anomaly) AS anomaly
       FROM flows WHERE end_time >= $1 AND end_time < $2 AND ($3::uuid IS NULL OR sensor_id = $3::uuid)
         AND source_address IS NOT NULL
       GROUP BY 1, 2
     ), ends AS (
       SELECT source_address AS address, destination_address AS peer, forward AS sent, reverse AS received, packets, flows, anomaly FROM chosen
       UNION ALL
       SELECT destination_address, source_address, reverse, forward, packets, flows, anomaly FROM chosen
       WHERE destination_address <> source_address
     )
     SELECT host(address) AS address, sum(sent) AS "sentOctets", sum(received) AS "receivedOctets",
       sum(sent) + sum(received) AS octets, sum(packets) AS packets, sum(flows) AS flows, count(DISTINCT peer) AS peers,
       max(anomaly) AS "maxAnomaly"
     FROM ends GROUP BY address ORDER BY octets DESC, address LIMIT $4`,
    [...range, limit],
  )
  if (rows.length === 0) return []
  const detail = await describe(
    db,
    request,
    rows.map((row) => row.address),
  )
  return rows.map((row) => ({ ...row, ...(detail.get(row.address) ?? NOTHING_KNOWN) }))
}

type Detail = Pick<TalkerRow, 'hostName' | 'topClass' | 'trend'>
const NOTHING_KNOWN: Detail = { hostName: null, topClass: null, trend: Array.from({ length: TREND_BUCKETS }, () => 0) }

/** Name, main class and trend of some addresses, from their own flows only. */
async function describe(db: Queryable, request: TopTalkersRequest, addresses: string[]): Promise<Map<string, Detail>> {
  const from = toEpochMs(request.from) / 1000
  const step = (toEpochMs(request.to) / 1000 - from) / TREND_BUCKETS
  const { rows } = await db.query<{ address: string; class: string; i: number; octets: number; name: string | null }>(
    `SELECT host(talker.address) AS address, f.class,
       least(${TREND_BUCKETS - 1}, floor((date_part('epoch', f.end_time) - $5::float8) / $6::float8))::int AS i,
       sum(f.octets) AS octets,
       max(CASE WHEN f.destination_address = talker.address THEN nullif(f.host_name, '') END) AS name
     FROM unnest($4::inet[]) AS talker(address)
     JOIN flows f ON f.source_address = talker.address OR f.destination_address = talker.address
     WHERE f.end_time >= $1 AND f.end_time < $2 AND ($3::uuid IS NULL OR f.sensor_id = $3::uuid)
     GROUP BY 1, 2, 3`,
    [toTimestamp(request.from), toTimestamp(request.to), request.sensorId ?? null, addresses, from, step],
  )
  const own = await hostsByAddress(db, addresses)
  const details = new Map<string, Detail>()
  for (const address of addresses) {
    const mine = rows.filter((row) => row.address === address)
    const trend = Array.from({ length: TREND_BUCKETS }, () => 0)
    const byClass = new Map<string, number>()
    for (const { i, octets, class: name } of mine) {
      trend[Math.max(0, i)] += octets
      if (name !== '') byClass.set(name, (byClass.get(name) ?? 0) + octets)
    }
    const topClass = [...byClass].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
    details.set(address, { hostName: own.get(address) ?? mine.find((row) => row.name)?.name ?? null, topClass, trend })
  }
  return details
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
