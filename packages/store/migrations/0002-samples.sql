-- What hosts and links measured each second or few, and what was not seen.
CREATE TABLE interface_samples (
  time timestamptz NOT NULL,
  sensor_id uuid NOT NULL,
  interface text NOT NULL,
  span_us integer NOT NULL,
  received_octets bigint NOT NULL,
  sent_octets bigint NOT NULL,
  received_packets bigint NOT NULL,
  sent_packets bigint NOT NULL,
  received_errors bigint NOT NULL,
  sent_errors bigint NOT NULL,
  received_drops bigint NOT NULL,
  sent_drops bigint NOT NULL,
  captured_packets bigint NOT NULL,
  captured_octets bigint NOT NULL,
  capture_drops bigint NOT NULL,
  undecodable_packets bigint NOT NULL,
  flows_started bigint NOT NULL,
  flows_active bigint NOT NULL,
  speed_bps bigint
);
SELECT create_hypertable('interface_samples', by_range('time', interval '1 day'), create_default_indexes => false);
CREATE INDEX interface_samples_time ON interface_samples (time DESC);
CREATE INDEX interface_samples_of ON interface_samples (sensor_id, interface, time DESC);

CREATE TABLE host_samples (
  time timestamptz NOT NULL,
  sensor_id uuid NOT NULL,
  cpu_utilization real NOT NULL,
  core_utilization real[] NOT NULL,
  memory_used_bytes bigint NOT NULL,
  memory_total_bytes bigint NOT NULL,
  swap_used_bytes bigint NOT NULL,
  load_1m real NOT NULL,
  load_5m real NOT NULL,
  temperature_celsius real,
  disks jsonb NOT NULL,
  processes jsonb NOT NULL,
  uptime_s bigint NOT NULL,
  sensor_cpu_cores real NOT NULL,
  sensor_memory_bytes bigint NOT NULL
);
SELECT create_hypertable('host_samples', by_range('time', interval '1 day'), create_default_indexes => false);
CREATE INDEX host_samples_of ON host_samples (sensor_id, time DESC);

CREATE TABLE health_samples (
  time timestamptz NOT NULL,
  sensor_id uuid NOT NULL,
  interface text NOT NULL,
  role text NOT NULL,
  target text NOT NULL,
  method text NOT NULL,
  sent integer NOT NULL,
  received integer NOT NULL,
  rtt_min_us bigint,
  rtt_mean_us bigint,
  rtt_max_us bigint
);
SELECT create_hypertable('health_samples', by_range('time', interval '7 days'), create_default_indexes => false);
CREATE INDEX health_samples_of ON health_samples (sensor_id, time DESC);

-- Coverage gaps: the other side of the books. "time" is the last loss of the span.
CREATE TABLE coverage_gaps (
  time timestamptz NOT NULL,
  start_time timestamptz NOT NULL,
  sensor_id uuid NOT NULL,
  source text NOT NULL,
  interface text NOT NULL,
  cause text NOT NULL,
  packets bigint NOT NULL,
  flows bigint NOT NULL,
  octets bigint NOT NULL
);
SELECT create_hypertable('coverage_gaps', by_range('time', interval '7 days'), create_default_indexes => false);
CREATE INDEX coverage_gaps_time ON coverage_gaps (time DESC);
CREATE INDEX coverage_gaps_of ON coverage_gaps (sensor_id, time DESC);
