DROP TABLE kept_status;
DROP TABLE approval;
ALTER TABLE issuing_key DROP COLUMN desk;
