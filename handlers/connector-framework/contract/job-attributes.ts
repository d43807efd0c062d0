/**
 * Attributes of a job that lists of jobs tell, beside its keys: what the index they are read from holds. A job's variables
 * are not among them, so that a page reads little.
 */
export const listedJobAttributes = [
  "attempts",
  "batch_job_id",
  "completed_at",
  "connector_id",
  "exit_code",
  "failure_reason",
  "log_stream_name",
  "started_at",
  "status",
  "updated_at",
] as const;
