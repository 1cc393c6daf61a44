-- Settings of the fleet (one row, checked by the program's schema), and who changed what.
CREATE TABLE settings (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL DEFAULT 1,
  patch jsonb NOT NULL DEFAULT '{}',
  updated_at timestamptz NOT NULL DEFAULT now(),
  updated_by text NOT NULL DEFAULT 'system'
);
INSERT INTO settings DEFAULT VALUES;

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_time ON audit (time DESC, id DESC);

-- When maintenance last ran a task itself, for engines without background workers.
CREATE TABLE maintenance_runs (
  task text PRIMARY KEY,
  last_run timestamptz NOT NULL
);
