-- Refreshing, compressing and forgetting. A server's background workers run these; the embedded engine has none, there
-- runMaintenance does. Retention follows the settings (updateSettings alters the jobs).
-- Refreshes look back as far as what they are made of is kept: records of a sensor that was cut off for days still count.
-- Only what changed is computed again, at once: in batches of the default ten buckets a first refresh took minutes.
SELECT add_continuous_aggregate_policy('interface_minutes',
  start_offset => interval '14 days', end_offset => interval '1 minute', schedule_interval => interval '1 minute', buckets_per_batch => 0);
SELECT add_continuous_aggregate_policy('interface_hours',
  start_offset => interval '90 days', end_offset => interval '1 hour', schedule_interval => interval '30 minutes', buckets_per_batch => 0);
SELECT add_continuous_aggregate_policy('flow_minutes',
  start_offset => interval '30 days', end_offset => interval '1 minute', schedule_interval => interval '1 minute', buckets_per_batch => 0);
SELECT add_continuous_aggregate_policy('flow_hours',
  start_offset => interval '90 days', end_offset => interval '1 hour', schedule_interval => interval '30 minutes', buckets_per_batch => 0);

ALTER TABLE interface_samples SET (timescaledb.compress,
  timescaledb.compress_segmentby = 'sensor_id, interface', timescaledb.compress_orderby = 'time DESC');
ALTER TABLE host_samples SET (timescaledb.compress,
  timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'time DESC');
ALTER TABLE health_samples SET (timescaledb.compress,
  timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'time DESC');
ALTER TABLE flows SET (timescaledb.compress,
  timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'end_time DESC, id DESC');
SELECT add_compression_policy('interface_samples', interval '3 days');
SELECT add_compression_policy('host_samples', interval '3 days');
SELECT add_compression_policy('health_samples', interval '14 days');
SELECT add_compression_policy('flows', interval '3 days');

SELECT add_retention_policy('flows', interval '30 days');
SELECT add_retention_policy('interface_samples', interval '14 days');
SELECT add_retention_policy('host_samples', interval '14 days');
SELECT add_retention_policy('health_samples', interval '30 days');
SELECT add_retention_policy('findings', interval '180 days');
SELECT add_retention_policy('coverage_gaps', interval '180 days');
SELECT add_retention_policy('interface_minutes', interval '90 days');
SELECT add_retention_policy('flow_minutes', interval '90 days');
SELECT add_retention_policy('interface_hours', interval '730 days');
SELECT add_retention_policy('flow_hours', interval '730 days');
