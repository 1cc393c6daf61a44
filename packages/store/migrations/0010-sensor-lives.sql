-- Which process the counters "now" are of; 0 from sensors that do not tell, where a smaller counter means a new one.
ALTER TABLE sensor_ledgers ADD COLUMN process_started_us bigint NOT NULL DEFAULT 0;
