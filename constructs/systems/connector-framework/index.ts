import type { Construct } from "constructs";
import { connectorFrameworkApi } from "../../../handlers/connector-framework/contract/api.ts";
import { listedJobAttributes } from "../../../handlers/connector-framework/contract/job-attributes.ts";
import { orchestratedChanges } from "../../../handlers/connector-framework/contract/job-stream.ts";
import { JobQueue } from "../../batch/index.ts";
import { Connector, Registrar } from "../../connector/index.ts";
import { EventRule } from "../../event-rule/index.ts";
import { NodeFunction } from "../../function/index.ts";
import { MacKey } from "../../key/index.ts";
import { Network } from "../../network/index.ts";
import { DeadLetterQueue } from "../../queue/index.ts";
import { RestApi } from "../../rest-api/index.ts";
import { output, SystemStack, type SystemStackProps } from "../../system-stack/index.ts";
import { string, Table } from "../../table/index.ts";
import { Deletion } from "./deletion.ts";
import { metricsServiceOf } from "./metrics.ts";
import { Operations } from "./operations.ts";
import { Reconciliation } from "./reconciliation.ts";
import { Schedules } from "./schedules.ts";

/** What the ids of jobs begin with, and so the names of their Batch jobs and definitions. */
const jobIdPrefix = "ccj-";

/**
 * The connector framework: clients register connectors and start jobs through the API; a job is a record in a table,
 * which a function turns into a container job; another follows what Batch says becomes of it.
 */
export class ConnectorFrameworkStack extends SystemStack {
  constructor(scope: Construct, props: SystemStackProps) {
    super(scope, "connector-framework", props);
    const settings = props.environment.systems["connector-framework"];

    // What is kept. Every key begins with the tenant or with a connector's ARN, which does.

    const connectors = new Table(this, "Connectors", {
      partitionKey: string("custom_connector_arn_prefix"),
      sortKey: string("connector_id"),
      indexes: {
        InUse: { partitionKey: string("current_job_id"), projection: "keys-only" },
        Deletions: { partitionKey: string("deletion_requested_at"), projection: "keys-only" },
      },
      stream: "keys-only",
    });
    const jobs = new Table(this, "Jobs", {
      partitionKey: string("custom_connector_arn_prefix"),
      sortKey: string("job_id"),
      indexes: {
        ByConnector: {
          partitionKey: string("connector_arn"),
          sortKey: string("created_at"),
          projection: { include: listedJobAttributes },
        },
        ByJobId: { partitionKey: string("job_id"), projection: "keys-only" },
        Open: { partitionKey: string("open_since"), projection: "keys-only" },
      },
      timeToLive: "ttl",
      stream: "new-and-old-images",
    });
    const documents = new Table(this, "Documents", {
      partitionKey: string("connector_arn"),
      sortKey: string("document_id"),
    });

    // What connectors may name. Whoever may register one may run any of these images with any of these roles.

    const allowed = {
      CONNECTOR_ROLES: this.iamArn(`role${settings.connectorRolePath}*`),
      CONNECTOR_IMAGES: (settings.connectorImages ?? [`${this.registry}/*`]).join(" "),
    };

    // Jobs that are started at set times, without a client.

    const schedules = new Schedules(this, "Schedules", { connectors, jobs, jobQuota: settings.quotas.runningJobs });

    // A client's request: the API, and the function behind it.

    const pageTokenKey = new MacKey(this, "PageTokenKey", { description: "Authenticates the page tokens of lists" });

    const apiVariables = {
      CONNECTORS_TABLE: connectors.name,
      JOBS_TABLE: jobs.name,
      DOCUMENTS_TABLE: documents.name,
      PAGE_TOKEN_KEY: pageTokenKey.arn,
      CONNECTOR_QUOTA: String(settings.quotas.connectors),
      JOB_QUOTA: String(settings.quotas.runningJobs),
      METRICS_SERVICE: metricsServiceOf(this),
      ...allowed,
      ...schedules.variables,
    };
    const apiFunction = new NodeFunction(this, "Api", {
      handler: "connector-framework/api",
      description: "Serves the API of the connector framework",
      timeoutSeconds: 29,
      environment: apiVariables,
    });
    schedules.grantManage(apiFunction);
    pageTokenKey.grantGenerateMac(apiFunction);
    connectors.grant(apiFunction, "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem");
    jobs.grant(apiFunction, "ConditionCheckItem", "GetItem", "PutItem", "UpdateItem");
    jobs.grantQuery(apiFunction, "ByConnector");
    documents.grant(apiFunction, "BatchGetItem", "BatchWriteItem", "Query");

    const api = new RestApi(this, "RestApi", {
      api: connectorFrameworkApi,
      handler: apiFunction,
      throttling: settings.api.throttling,
    });

    // A job to run: where it runs, and the function that sends it there when its record says so.

    const network = new Network(this, "Network", settings.network);
    const jobQueue = new JobQueue(this, "JobQueue", {
      network,
      ...settings.batch,
      spot: true,
      jobs: { namePrefix: jobIdPrefix, tag: "job_id", rolePath: settings.connectorRolePath },
    });
    const streamDeadLetters = new DeadLetterQueue(this, "StreamDeadLetters", {
      meaning:
        "The orchestrator gave up on changes of jobs, which stay where they are. Each message says where in the table's stream they begin and end (DDBStreamBatchInfo), not what they are: read them there within 24 hours of the change, or find jobs that are STARTED or STOPPING for long. Mend what the function's log shows, stop those jobs, delete the messages.",
    });
    const orchestrator = new NodeFunction(this, "Orchestrator", {
      handler: "connector-framework/orchestrator",
      description: "Submits jobs to Batch when they are started, and ends them when they are to stop",
      timeoutSeconds: 120,
      environment: {
        CONNECTORS_TABLE: connectors.name,
        JOBS_TABLE: jobs.name,
        JOB_QUEUE: jobQueue.arn,
        SPOT_JOB_QUEUE: jobQueue.spotArn,
        ...allowed,
        JOB_LOG_GROUP: jobQueue.logs.name,
        ASSIGN_PUBLIC_IP: network.assignPublicIp ? "ENABLED" : "DISABLED",
        METRICS_SERVICE: metricsServiceOf(this),
        API_ENDPOINT: `${api.url}/`,
      },
    });
    connectors.grant(orchestrator, "GetItem", "UpdateItem");
    jobs.grant(orchestrator, "GetItem", "UpdateItem");
    jobQueue.grantSubmit(orchestrator);
    jobQueue.grantList(orchestrator);
    jobQueue.grantDescribe(orchestrator);
    jobQueue.grantTerminate(orchestrator);
    jobQueue.grantRetireDefinitions(orchestrator);
    orchestrator.consume(jobs.stream, {
      only: orchestratedChanges,
      onFailure: streamDeadLetters,
      // A record may have to wait for Batch's list of jobs, or for Batch to have room, which is a matter of time and not
      // of tries; jobs beside it go on meanwhile.
      batchSize: 1,
      parallelBatches: 10,
      maxRetries: "unlimited",
      maxAgeSeconds: 3600,
    });

    // What becomes of a job: Batch's events, and the function that writes them down.

    const eventDeadLetters = new DeadLetterQueue(this, "EventDeadLetters", {
      meaning:
        "The function that follows jobs gave up on events of Batch, so their jobs stay where they are. Each message has the whole event (requestPayload) and what the function said of it (responsePayload). Mend that, invoke the function with the events, delete the messages.",
    });
    const jobStatus = new NodeFunction(this, "JobStatus", {
      handler: "connector-framework/job-status",
      description: "Brings jobs to where Batch says they are",
      timeoutSeconds: 60,
      environment: {
        CONNECTORS_TABLE: connectors.name,
        JOBS_TABLE: jobs.name,
        METRICS_SERVICE: metricsServiceOf(this),
      },
      onFailure: eventDeadLetters,
    });
    connectors.grant(jobStatus, "UpdateItem");
    jobs.grant(jobStatus, "GetItem", "UpdateItem");
    jobs.grantQuery(jobStatus, "ByJobId");
    jobQueue.grantTerminate(jobStatus);
    jobQueue.grantRetireDefinitions(jobStatus);
    const jobStateChanged = new EventRule(this, "JobStateChanged", {
      description: "A job of the connector framework began or ended in Batch",
      pattern: {
        source: ["aws.batch"],
        "detail-type": ["Batch Job State Change"],
        detail: {
          jobQueue: [...jobQueue.arns],
          jobName: [{ prefix: jobIdPrefix }],
          status: ["RUNNING", "SUCCEEDED", "FAILED"],
        },
      },
      target: jobStatus,
    });

    // What is left to see to: what a removed connector leaves behind, and what was lost on the way.

    const deletion = new Deletion(this, "Deletion", { connectors, jobs, documents, schedules });
    const reconciliation = new Reconciliation(this, "Reconciliation", {
      ...{ connectors, jobs, jobQueue },
      waitSeconds: settings.waitSeconds,
    });

    // Connectors that come with the stack, registered when Terraform applies it.

    const registrar = new Registrar(this, "Registrar", { connectors, jobs, schedules, environment: apiVariables });
    const framework = { api, jobLogs: jobQueue.logs, rolePath: settings.connectorRolePath, registrar };
    const sample = settings.sampleConnector;
    if (sample) {
      const { connectorId, repository } = new Connector(this, "SampleConnector", {
        framework,
        name: "sample-connector",
        description: "Keeps a copy of a folder up to date",
        imageTag: sample.imageTag,
        ...(sample.schedule !== undefined && { schedule: { expression: sample.schedule } }),
      });
      output(this, "sample_connector_id", { value: connectorId, description: "Id of the sample connector" });
      output(this, "sample_connector_images", {
        value: repository.resource.repositoryUrl,
        description: "Repository that the sample connector's image is pushed to",
      });
    }

    // What shows how it is.

    const operations = new Operations(this, "Operations", {
      ...{ api, apiFunction, orchestrator, jobStatus, schedules, deletion, reconciliation },
      deadLetters: {
        "Changes of jobs": streamDeadLetters,
        "Events of Batch, failed": eventDeadLetters,
        "Events of Batch, not delivered": jobStateChanged.deadLetters,
      },
    });

    // What people and programs need to know of it.

    const tell = (name: string, value: string, description: string) => output(this, name, { value, description });
    tell("api_url", api.url, "URL of the API's stage, without a slash at the end");
    tell("api_id", api.id, "Id of the REST API");
    tell("job_queue_arn", jobQueue.arn, "ARN of the Batch queue jobs run in");
    tell("job_queue_spot_arn", jobQueue.spotArn, "ARN of the Batch queue of jobs on spare capacity");
    tell("table_connectors", connectors.name, "Table of connectors and checkpoints");
    tell("table_jobs", jobs.name, "Table of jobs");
    tell("table_documents", documents.name, "Table of documents' checksums");
    tell("log_group_api", apiFunction.logs.name, "Logs of the function that serves the API");
    tell("log_group_api_access", api.logs.name, "Access log of the API: a line for each call");
    tell("log_group_orchestrator", orchestrator.logs.name, "Logs of the function that submits and stops jobs");
    tell("log_group_job_status", jobStatus.logs.name, "Logs of the function that follows jobs");
    tell("log_group_scheduled_start", schedules.starter.logs.name, "Logs of the function that starts jobs on schedule");
    tell("log_group_deletion", deletion.function.logs.name, "Logs of the function that deletes what connectors leave");
    tell("log_group_reconciler", reconciliation.reconciler.logs.name, "Logs of the function that repairs");
    tell("log_group_registrar", registrar.function.logs.name, "Logs of the function that registers stacks' connectors");
    tell("log_group_jobs", jobQueue.logs.name, "Logs of the jobs themselves");
    tell("dead_letters_stream_url", streamDeadLetters.url, "Queue of pointers to changes of jobs given up on");
    tell("dead_letters_events_url", eventDeadLetters.url, "Queue of Batch's events that following jobs gave up on");
    tell("dead_letters_rule_url", jobStateChanged.deadLetters.url, "Queue of Batch's events that were not delivered");
    tell("dead_letters_starts_url", schedules.failed.url, "Queue of starts on schedule that failed");
    tell(
      "dead_letters_schedules_url",
      schedules.undelivered.url,
      "Queue of starts on schedule that were not delivered",
    );
    tell(
      "dead_letters_deletions_url",
      deletion.deadLetters.url,
      "Queue of pointers to removals of connectors given up on",
    );
    tell("dead_letters_reconciler_url", reconciliation.deadLetters.url, "Queue of runs of the reconciler that failed");
    tell(
      "dead_letters_reconciler_schedule_url",
      reconciliation.schedule.deadLetters.url,
      "Queue of runs of the reconciler that were not begun",
    );
    tell("schedule_group", schedules.group.name, "Group of the connectors' schedules");
    tell("dashboard", operations.dashboard.resource.dashboardName, "CloudWatch dashboard of the system");
  }
}
