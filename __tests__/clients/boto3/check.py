"""Uses the connector framework through boto3 as it is installed, with the service model that is generated for it.

Run by check.ts, which starts a stage and says in API_URL where it is.
"""

import os
import sys
import time
from collections import Counter

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

REGION = "eu-central-1"
ROLES = "arn:aws:iam::000000000000:role/connectors"


def connect(**options):
    settings = {"aws_access_key_id": "local", "aws_secret_access_key": "local", **options}
    return boto3.client("ccf", region_name=REGION, endpoint_url=os.environ["API_URL"], **settings)


ccf = connect()
called = Counter()
sent = Counter()
ccf.meta.events.register("before-call", lambda model, **_: called.update([model.name]))
ccf.meta.events.register("before-send", lambda **_: sent.update(["requests"]))


def done(what):
    print(f"  {what}", flush=True)


def expect(condition, what):
    if not condition:
        sys.exit(f"not so: {what}")


def expect_equal(actual, expected):
    expect(actual == expected, f"{actual!r} is {expected!r}")


def expect_raised(exception, call, client=ccf, **arguments):
    """The typed exception, whose answer it returns; anything else is a failure."""
    try:
        getattr(client, call)(**arguments)
    except exception as error:
        return error.response
    except ClientError as error:
        sys.exit(f"{call} raised {type(error).__name__} {error.response['Error']}, not {exception.__name__}")
    sys.exit(f"{call} raised nothing, not {exception.__name__}")


def wait_for_job(connector_id, job_id, status):
    for _ in range(600):
        job = ccf.get_custom_connector_job(connector_id=connector_id, job_id=job_id)["job"]
        if job["status"] == status:
            return job
        time.sleep(0.1)
    sys.exit(f"{job_id} is {job['status']}, not {status}")


def container(image):
    return {
        "image_uri": os.environ[image],
        "execution_role_arn": f"{ROLES}/execution",
        "job_role_arn": f"{ROLES}/job",
    }


def connectors():
    created = ccf.create_custom_connector(
        name="short-lived",
        description="Ends at once",
        container_properties={**container("IMAGE_SHORT"), "resource_requirements": {"cpu": 0.5, "memory": 1024}},
    )
    expect_equal(created["ResponseMetadata"]["HTTPStatusCode"], 201)
    first = created["connector"]
    expect_equal(first["status"], "AVAILABLE")
    expect(isinstance(first["created_at"], str), "timestamps are text")
    second = ccf.create_custom_connector(name="stubborn", container_properties=container("IMAGE_STUBBORN"))["connector"]
    expect("description" not in second, "null is missing")

    got = ccf.get_custom_connector(connector_id=first["connector_id"])["connector"]
    expect_equal(got["container_properties"]["resource_requirements"], {"cpu": 0.5, "memory": 1024})
    updated = ccf.update_custom_connector(connector_id=first["connector_id"], container_properties={"timeout": 600})
    expect_equal(updated["connector"]["name"], "short-lived")
    got = ccf.get_custom_connector(connector_id=first["connector_id"])["connector"]
    expect_equal([got["container_properties"][name] for name in ("timeout", "image_uri")], [600, os.environ["IMAGE_SHORT"]])

    pages = ccf.get_paginator("list_custom_connectors").paginate(PaginationConfig={"PageSize": 1})
    names = sorted(connector["name"] for page in pages for connector in page["connectors"])
    # One comes with the stack.
    expect_equal(names, ["sample-connector", "short-lived", "stubborn"])
    done("connectors: created, read, changed, listed")
    return first["connector_id"], second["connector_id"]


def documents(connector_id):
    ids = [f"folder {number % 7}/ä-{number:04}.md" for number in range(1000)]
    for start in range(0, 1000, 100):
        batch = [{"document_id": id, "checksum": f"{start:064}"} for id in ids[start : start + 100]]
        ccf.batch_put_custom_connector_documents(connector_id=connector_id, documents=batch)
    paginator = ccf.get_paginator("list_custom_connector_documents")
    for page_size, page_count in ((None, 20), (100, 10), (33, 31)):
        config = {} if page_size is None else {"PageSize": page_size}
        pages = list(paginator.paginate(connector_id=connector_id, PaginationConfig=config))
        listed = [document["document_id"] for page in pages for document in page["documents"]]
        expect_equal(listed, sorted(ids, key=lambda id: id.encode()))
        expect_equal(len(pages), page_count)
    whole = paginator.paginate(connector_id=connector_id).build_full_result()
    expect_equal(len(whole["documents"]), 1000)
    ccf.batch_delete_custom_connector_documents(connector_id=connector_id, document_ids=ids[:50])
    left = paginator.paginate(connector_id=connector_id).search("documents[].document_id")
    expect_equal(sorted(left), sorted(ids[50:]))
    done("documents: 1000 recorded, listed page by page in three sizes, 50 forgotten")


def checkpoints(connector_id):
    missing = ccf.exceptions.ResourceNotFoundException
    expect_raised(missing, "get_custom_connector_checkpoint", connector_id=connector_id)
    whole = {"page": 3, "rate": 0.25, "seen": ["ä", None, True, {"deep": []}], "": {}}
    for data in (whole, '{"page": 3}', "plain text"):
        ccf.put_custom_connector_checkpoint(connector_id=connector_id, checkpoint_data=data)
        checkpoint = ccf.get_custom_connector_checkpoint(connector_id=connector_id)["checkpoint"]
        expect_equal(checkpoint["checkpoint_data"], data)
        expect_equal(checkpoint["connector_id"], connector_id)
    ccf.delete_custom_connector_checkpoint(connector_id=connector_id)
    expect_raised(missing, "delete_custom_connector_checkpoint", connector_id=connector_id)
    done("checkpoints: an object and texts come back as they were sent")


def jobs(connector_id):
    started = ccf.start_custom_connector_job(connector_id=connector_id)["job"]
    expect_equal(started["status"], "STARTED")
    job = wait_for_job(connector_id, started["job_id"], "SUCCEEDED")
    expect_equal(job["exit_code"], 0)
    environment = [{"name": "EXIT_CODE", "value": "3"}]
    failing = ccf.start_custom_connector_job(connector_id=connector_id, environment=environment)["job"]
    expect_equal(wait_for_job(connector_id, failing["job_id"], "FAILED")["exit_code"], 3)
    paginator = ccf.get_paginator("list_custom_connector_jobs")
    listed = paginator.paginate(connector_id=connector_id, PaginationConfig={"PageSize": 1}).search("jobs[].job_id")
    expect_equal(list(listed), [failing["job_id"], started["job_id"]])
    failed = paginator.paginate(connector_id=connector_id, status="FAILED").search("jobs[].job_id")
    expect_equal(list(failed), [failing["job_id"]])
    done("jobs: started, followed to both ends, listed by status")


def conflicts(connector_id):
    """The connector's container takes no notice of being told to end."""
    job_id = ccf.start_custom_connector_job(connector_id=connector_id)["job"]["job_id"]
    conflict = ccf.exceptions.ConflictException
    sent.clear()
    answer = expect_raised(conflict, "start_custom_connector_job", connector_id=connector_id)
    expect_equal(sent["requests"], 1)
    expect_equal(answer["ResponseMetadata"]["HTTPStatusCode"], 409)
    expect_equal(answer["Error"]["Code"], "ConflictException")
    expect_equal(answer["errorType"], "ConflictException")
    expect_equal(answer["Error"]["Message"], answer["message"])
    expect_raised(conflict, "delete_custom_connector", connector_id=connector_id)
    expect_raised(conflict, "release_custom_connector", connector_id=connector_id)
    done("conflicts: a typed exception, after one request")

    wait_for_job(connector_id, job_id, "RUNNING")
    ccf.stop_custom_connector_job(connector_id=connector_id, job_id=job_id)
    wait_for_job(connector_id, job_id, "STOPPING")
    released = ccf.release_custom_connector(connector_id=connector_id)["connector"]
    expect_equal(released["status"], "AVAILABLE")
    wait_for_job(connector_id, job_id, "STOPPED")
    expect_raised(conflict, "stop_custom_connector_job", connector_id=connector_id, job_id=job_id)
    done("jobs: stopped; a connector freed from a container that does not end")


def refusals(connector_id):
    missing = ccf.exceptions.ResourceNotFoundException
    for call in ("get_custom_connector", "delete_custom_connector", "list_custom_connector_jobs"):
        answer = expect_raised(missing, call, connector_id="cc-000000000000")
        expect_equal(answer["ResponseMetadata"]["HTTPStatusCode"], 404)

    bad = ccf.exceptions.BadRequestException
    answer = expect_raised(bad, "update_custom_connector", connector_id=connector_id, name="no spaces here")
    expect("name" in answer["Error"]["Message"], "the message names the member")
    expect_raised(bad, "list_custom_connectors", next_token="made-up")
    expect_raised(bad, "list_custom_connectors", max_results=101)
    unchecked = connect(config=Config(parameter_validation=False))
    answer = expect_raised(bad, "create_custom_connector", client=unchecked, name="nothing-else")
    expect("container_properties" in answer["Error"]["Message"], "the gateway's message names the member")

    for wrong in ({"name": "ab"}, {"container_properties": {"timeout": 1}}, {"container_properties": {"secrets": [{}]}}):
        try:
            ccf.update_custom_connector(connector_id=connector_id, **wrong)
        except ParamValidationError:
            continue
        sys.exit(f"boto3 sent {wrong}")

    forged = connect(aws_secret_access_key="wrong")
    expect_raised(forged.exceptions.InvalidSignatureException, "list_custom_connectors", client=forged)
    stranger = connect(aws_access_key_id="AKIAUNKNOWN")
    expect_raised(stranger.exceptions.UnrecognizedClientException, "list_custom_connectors", client=stranger)
    done("refusals: of the service, of the gateway, of boto3 itself")


def schedules(connector_id):
    missing = ccf.exceptions.ResourceNotFoundException
    expect_raised(missing, "get_custom_connector_schedule", connector_id=connector_id)
    settings = {"schedule_expression": "cron(0 6 ? * MON-FRI *)", "timezone": "Europe/Berlin"}
    put = ccf.put_custom_connector_schedule(connector_id=connector_id, **settings)["schedule"]
    expect_equal({name: put[name] for name in ("state", *settings)}, {"state": "ENABLED", **settings})
    paused = ccf.pause_custom_connector_schedule(connector_id=connector_id)["schedule"]
    expect_equal(paused["state"], "PAUSED")
    expect_equal(ccf.get_custom_connector_schedule(connector_id=connector_id)["schedule"], paused)
    resumed = ccf.resume_custom_connector_schedule(connector_id=connector_id)["schedule"]
    expect_equal(resumed["state"], "ENABLED")
    ccf.delete_custom_connector_schedule(connector_id=connector_id)
    expect_raised(missing, "get_custom_connector_schedule", connector_id=connector_id)
    bad = ccf.exceptions.BadRequestException
    expect_raised(bad, "put_custom_connector_schedule", connector_id=connector_id, schedule_expression="sometimes")
    done("schedules: set, paused, resumed, removed")


def removal(*connector_ids):
    for connector_id in connector_ids:
        ccf.delete_custom_connector(connector_id=connector_id)
        expect_raised(ccf.exceptions.ResourceNotFoundException, "get_custom_connector", connector_id=connector_id)
    left = [connector["name"] for connector in ccf.list_custom_connectors()["connectors"]]
    expect_equal(left, ["sample-connector"])
    done("connectors: removed")


print(f"boto3 {boto3.__version__}, {sys.version.split()[0]}")
short, stubborn = connectors()
documents(short)
checkpoints(short)
jobs(short)
conflicts(stubborn)
refusals(short)
schedules(short)
removal(short, stubborn)
expect_equal(sorted(called), sorted(ccf.meta.service_model.operation_names))
print(f"all {len(called)} operations: as the service model says")
