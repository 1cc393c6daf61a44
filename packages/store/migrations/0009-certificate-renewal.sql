-- A renewed certificate waits here until the sensor first connects with it: an answer that was lost locks nobody out.
ALTER TABLE sensors
  ADD COLUMN next_certificate_sha256 text,
  ADD COLUMN next_certificate_expires_at timestamptz;
