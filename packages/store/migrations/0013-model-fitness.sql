-- Whether a model fits a host, judged on that host's recent flows before the model is used there.
CREATE TABLE model_fitness (
  sensor_id uuid NOT NULL REFERENCES sensors (id),
  model_id text NOT NULL REFERENCES models (id),
  verdict text NOT NULL CHECK (verdict IN ('ready', 'shadow', 'refuse')),
  reason text NOT NULL,
  -- Flows it was judged on.
  flows integer NOT NULL,
  changed_share real NOT NULL,
  outside_share real NOT NULL,
  -- The features that differ most: [{"feature", "psi", "ks", "absent", "outside"}].
  features jsonb NOT NULL DEFAULT '[]',
  -- What the model would have said there, kept apart from the scores in use; null unless the verdict is shadow.
  shadow jsonb,
  judged_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sensor_id, model_id)
);
