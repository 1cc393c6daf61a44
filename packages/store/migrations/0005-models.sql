-- Models, who uses them, and the jobs that make them.
CREATE TABLE models (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('anomaly-forest', 'anomaly-autoencoder', 'traffic-classifier')),
  state text NOT NULL DEFAULT 'candidate' CHECK (state IN ('candidate', 'shadow', 'canary', 'active', 'retired')),
  feature_set_version integer NOT NULL,
  feature_set_hash text NOT NULL,
  metrics jsonb NOT NULL DEFAULT '{}',
  lineage jsonb NOT NULL DEFAULT '{}',
  threshold double precision,
  classes text[] NOT NULL DEFAULT '{}',
  size_bytes bigint NOT NULL,
  sha256 text NOT NULL,
  signature text NOT NULL,
  path text NOT NULL,
  trained_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL
);
-- One active model of a kind.
CREATE UNIQUE INDEX models_active ON models (kind) WHERE state = 'active';

CREATE TABLE rollouts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model_id text NOT NULL REFERENCES models (id),
  stage text NOT NULL CHECK (stage IN ('shadow', 'canary', 'all')),
  sensor_ids uuid[] NOT NULL DEFAULT '{}',
  labels jsonb NOT NULL DEFAULT '{}',
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz
);

CREATE TABLE model_status (
  sensor_id uuid NOT NULL REFERENCES sensors (id),
  model_id text NOT NULL REFERENCES models (id),
  state text NOT NULL,
  detail text NOT NULL DEFAULT '',
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sensor_id, model_id)
);

CREATE TABLE jobs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled')),
  progress real NOT NULL DEFAULT 0,
  params jsonb NOT NULL DEFAULT '{}',
  result jsonb,
  error text NOT NULL DEFAULT '',
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX jobs_created ON jobs (created_at DESC);

CREATE TABLE job_lines (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  time timestamptz NOT NULL DEFAULT clock_timestamp(),
  line text NOT NULL
);
CREATE INDEX job_lines_of ON job_lines (job_id, id);
