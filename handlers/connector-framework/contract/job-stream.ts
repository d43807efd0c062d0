/**
 * The changes of the jobs table that the orchestrator is told of, as patterns of a stream's filter (AWS Lambda: Control
 * which events Lambda sends to your function): a job that was started, one that is to stop, one that a client gave up on
 * and whose container may run, and one that the reconciler found left behind. What the orchestrator itself writes is none
 * of these, even to a filter that did not look at the name of the event.
 */
export const orchestratedChanges = [
  {
    eventName: ["INSERT"],
    dynamodb: { NewImage: { status: { S: ["STARTED"] }, submitting_at: { S: [{ exists: false }] } } },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: {
      OldImage: { status: { S: ["STARTED", "RUNNING"] } },
      NewImage: { status: { S: ["STOPPING"] } },
    },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: {
      OldImage: { status: { S: ["STOPPING"] } },
      NewImage: { status: { S: ["STOPPED"] }, released_at: { S: [{ exists: true }] } },
    },
  },
  {
    eventName: ["MODIFY"],
    dynamodb: {
      NewImage: { status: { S: ["STARTED", "STOPPING"] }, nudged_at: { S: [{ exists: true }] } },
    },
  },
] as const;
