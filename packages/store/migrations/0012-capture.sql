-- Which interface meters the packets of one that leaves them to it (the bridge of a port), and how often a gap happened that lost
-- no packet (a ring that was full, packets that were cut).
ALTER TABLE interfaces ADD COLUMN metered_by text;
ALTER TABLE coverage_gaps ADD COLUMN times bigint;
