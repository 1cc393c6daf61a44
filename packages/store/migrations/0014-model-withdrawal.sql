-- Models that come with Picket are judged on hosts like those trained here.
ALTER TABLE models DROP CONSTRAINT models_state_check;
ALTER TABLE models ADD CONSTRAINT models_state_check CHECK (state IN ('candidate', 'shadow', 'canary', 'active', 'retired', 'bundled'));
-- A model that was in use on a host and fits it no longer: it scores in the shadow until it is ready again.
ALTER TABLE model_fitness ADD COLUMN stepped_back boolean NOT NULL DEFAULT false;
-- Flows that the sensor itself scored with the model since its process started, and those that hold something the training flows did not.
ALTER TABLE model_status ADD COLUMN flows bigint NOT NULL DEFAULT 0, ADD COLUMN outside bigint NOT NULL DEFAULT 0;
