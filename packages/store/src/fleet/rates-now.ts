/** How far back "now" reaches, seconds: a few samples, even when one is late. */
export const NOW_SECONDS = 15

/** SQL: the rates of each interface now (`rates_now`): sums over their spans, so a missed second does not count as zero. */
export const RATES_NOW = `rates_now AS (
  SELECT sensor_id, interface,
    sum(received_octets) * 8e6 / nullif(sum(span_us), 0)::float8 AS received_bps,
    sum(sent_octets) * 8e6 / nullif(sum(span_us), 0)::float8 AS sent_bps,
    sum(received_packets) * 1e6 / nullif(sum(span_us), 0)::float8 AS received_pps,
    sum(sent_packets) * 1e6 / nullif(sum(span_us), 0)::float8 AS sent_pps,
    (array_agg(flows_active ORDER BY time DESC))[1] AS flows_active,
    sum(capture_drops) AS capture_drops, max(time) AS last_sample
  FROM interface_samples WHERE time > now() - interval '${NOW_SECONDS} seconds' AND time <= now() + interval '1 minute'
  GROUP BY sensor_id, interface)`

/** SQL: the same by host (`host_rates`), loopback left out: what a host says to itself is no load of its links. */
export const HOST_RATES = `${RATES_NOW}, host_rates AS (
  SELECT r.sensor_id, sum(r.received_bps) AS received_bps, sum(r.sent_bps) AS sent_bps, sum(r.flows_active) AS flows_active
  FROM rates_now r LEFT JOIN interfaces i ON i.sensor_id = r.sensor_id AND i.interface = r.interface
  WHERE coalesce(i.medium, '') <> 'loopback' GROUP BY r.sensor_id)`
