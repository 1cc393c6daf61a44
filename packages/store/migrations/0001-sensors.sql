-- Who the fleet is: enrolment tokens, sensors, their interfaces, how far their streams are stored, and their books.
CREATE EXTENSION IF NOT EXISTS timescaledb;

-- Microseconds since the epoch, the clock of sensors, to and from timestamps; exact, timestamptz has microseconds too.
CREATE FUNCTION to_us(moment timestamptz) RETURNS bigint
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT (extract(epoch FROM moment) * 1000000)::bigint $$;
CREATE FUNCTION from_us(us bigint) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT timestamptz 'epoch' + us * interval '1 microsecond' $$;

CREATE TABLE enrolment_tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  secret_hash bytea NOT NULL UNIQUE CHECK (octet_length(secret_hash) = 32),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}',
  used_at timestamptz,
  revoked_at timestamptz,
  sensor_id uuid
);

CREATE TABLE sensors (
  id uuid PRIMARY KEY,
  hostname text NOT NULL,
  name text,
  platform text NOT NULL,
  os_name text NOT NULL DEFAULT '',
  version text NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'enrolled' CHECK (state IN ('enrolled', 'active', 'retired')),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen timestamptz,
  retired_at timestamptz,
  certificate_sha256 text NOT NULL,
  certificate_expires_at timestamptz NOT NULL,
  token_id bigint REFERENCES enrolment_tokens (id),
  clock_offset_us bigint,
  feature_set_hash text NOT NULL DEFAULT '',
  active_models jsonb NOT NULL DEFAULT '{}',
  spool_batches bigint NOT NULL DEFAULT 0,
  spool_bytes bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE interfaces (
  sensor_id uuid NOT NULL REFERENCES sensors (id),
  interface text NOT NULL,
  mac macaddr,
  addresses text[] NOT NULL DEFAULT '{}',
  speed_bps bigint,
  medium text NOT NULL DEFAULT '',
  up boolean NOT NULL DEFAULT false,
  mtu bigint NOT NULL DEFAULT 0,
  source text NOT NULL DEFAULT '',
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sensor_id, interface)
);

-- Last sequence stored of each epoch of each sensor's spool.
CREATE TABLE stream_cursors (
  sensor_id uuid NOT NULL REFERENCES sensors (id),
  epoch bigint NOT NULL,
  sequence bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sensor_id, epoch)
) WITH (fillfactor = 50);

-- Both sides of a sensor's books. "past" counts process lives that ended, "now" the one that sends heartbeats.
CREATE TABLE sensor_ledgers (
  sensor_id uuid PRIMARY KEY REFERENCES sensors (id),
  flows_metered_past bigint NOT NULL DEFAULT 0,
  flows_metered_now bigint NOT NULL DEFAULT 0,
  packets_read_past bigint NOT NULL DEFAULT 0,
  packets_read_now bigint NOT NULL DEFAULT 0,
  flows_discarded_now bigint NOT NULL DEFAULT 0,
  flows_stored bigint NOT NULL DEFAULT 0,
  flows_in_gaps bigint NOT NULL DEFAULT 0,
  packets_in_gaps bigint NOT NULL DEFAULT 0,
  flows_rejected bigint NOT NULL DEFAULT 0,
  batches_stored bigint NOT NULL DEFAULT 0,
  batches_duplicate bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
