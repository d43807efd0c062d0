/**
 * The changes of the jobs table that the orchestrator is told of, as patterns of a stream's filter (AWS Lambda: Control
 * which events Lambda sends to your function): a job that was started, and one that is to stop. What the orchestrator
 * itself writes is neither.
 */
export const orchestratedChanges = [
  { eventName: ["INSERT"], dynamodb: { NewImage: { status: { S: ["STARTED"] } } } },
  {
    eventName: ["MODIFY"],
    dynamodb: {
      OldImage: { status: { S: ["STARTED", "RUNNING"] } },
      NewImage: { status: { S: ["STOPPING"] } },
    },
  },
] as const;
