-- What each part of the ensemble said and why: {"parts": {...}, "explanation": {...}}. Null where no part found much.
ALTER TABLE flows ADD COLUMN anomaly_detail jsonb;
