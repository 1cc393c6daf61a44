-- Continuous aggregates of one minute and one hour; what is not materialised yet is computed when read.
CREATE MATERIALIZED VIEW interface_minutes
  WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket(interval '1 minute', time) AS bucket, sensor_id, interface,
  sum(span_us)::bigint AS span_us,
  sum(received_octets)::bigint AS received_octets, sum(sent_octets)::bigint AS sent_octets,
  sum(received_packets)::bigint AS received_packets, sum(sent_packets)::bigint AS sent_packets,
  sum(received_errors + sent_errors)::bigint AS errors,
  sum(received_drops + sent_drops)::bigint AS interface_drops,
  sum(captured_packets)::bigint AS captured_packets, sum(capture_drops)::bigint AS capture_drops,
  sum(flows_started)::bigint AS flows_started, max(flows_active) AS flows_active, max(speed_bps) AS speed_bps
FROM interface_samples GROUP BY 1, 2, 3
WITH NO DATA;

CREATE MATERIALIZED VIEW interface_hours
  WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket(interval '1 hour', bucket) AS bucket, sensor_id, interface,
  sum(span_us)::bigint AS span_us,
  sum(received_octets)::bigint AS received_octets, sum(sent_octets)::bigint AS sent_octets,
  sum(received_packets)::bigint AS received_packets, sum(sent_packets)::bigint AS sent_packets,
  sum(errors)::bigint AS errors, sum(interface_drops)::bigint AS interface_drops,
  sum(captured_packets)::bigint AS captured_packets, sum(capture_drops)::bigint AS capture_drops,
  sum(flows_started)::bigint AS flows_started, max(flows_active) AS flows_active, max(speed_bps) AS speed_bps
FROM interface_minutes GROUP BY 1, 2, 3
WITH NO DATA;

CREATE MATERIALIZED VIEW flow_minutes
  WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket(interval '1 minute', end_time) AS bucket, sensor_id, interface, class, application,
  count(*) AS flows, sum(octets)::bigint AS octets, sum(packets)::bigint AS packets, max(anomaly) AS max_anomaly
FROM flows GROUP BY 1, 2, 3, 4, 5
WITH NO DATA;

CREATE MATERIALIZED VIEW flow_hours
  WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
SELECT time_bucket(interval '1 hour', bucket) AS bucket, sensor_id, interface, class, application,
  sum(flows)::bigint AS flows, sum(octets)::bigint AS octets, sum(packets)::bigint AS packets,
  max(max_anomaly) AS max_anomaly
FROM flow_minutes GROUP BY 1, 2, 3, 4, 5
WITH NO DATA;
