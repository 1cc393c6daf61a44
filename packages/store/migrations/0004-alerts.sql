-- What detectors saw (findings), and what people are shown (alerts).
CREATE TABLE findings (
  time timestamptz NOT NULL,
  start_time timestamptz NOT NULL,
  sensor_id uuid NOT NULL,
  finding_id text NOT NULL,
  kind text NOT NULL,
  interface text NOT NULL,
  entity text NOT NULL,
  target text NOT NULL,
  score real NOT NULL,
  summary text NOT NULL,
  evidence jsonb NOT NULL,
  community_ids text[] NOT NULL,
  technique_id text NOT NULL,
  alert_id bigint
);
SELECT create_hypertable('findings', by_range('time', interval '7 days'), create_default_indexes => false);
CREATE INDEX findings_time ON findings (time DESC);
CREATE INDEX findings_of ON findings (sensor_id, finding_id);
CREATE INDEX findings_alert ON findings (alert_id, time DESC) WHERE alert_id IS NOT NULL;

CREATE TABLE alerts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low', 'info')),
  title text NOT NULL,
  entity text NOT NULL,
  sensor_ids uuid[] NOT NULL,
  interface text NOT NULL,
  count bigint NOT NULL,
  score real NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
  close_reason text CHECK (close_reason IN ('true-positive', 'false-positive', 'expected', 'duplicate')),
  close_note text NOT NULL DEFAULT '',
  actor text NOT NULL DEFAULT '',
  first_seen timestamptz NOT NULL,
  last_seen timestamptz NOT NULL,
  acknowledged_at timestamptz,
  closed_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  evidence jsonb NOT NULL,
  community_ids text[] NOT NULL,
  technique_id text NOT NULL,
  CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
-- One alert a rule and entity at a time.
CREATE UNIQUE INDEX alerts_live ON alerts (rule, entity) WHERE state <> 'closed';
CREATE INDEX alerts_last ON alerts (rule, entity, closed_at DESC);
CREATE INDEX alerts_seen ON alerts (last_seen DESC, id DESC);
