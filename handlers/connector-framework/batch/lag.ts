/**
 * Seconds after which Batch is sure to know and list a job that was submitted under an intent: SubmitJob's client gives
 * up after 12, and Batch's lists lag behind by some more. Measured from just before SubmitJob is sent.
 */
export const listedAfter = 60;
