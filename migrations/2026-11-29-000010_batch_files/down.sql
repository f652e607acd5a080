DROP TABLE batch_file;
DROP INDEX batch_job;
ALTER TABLE batch DROP COLUMN job;
