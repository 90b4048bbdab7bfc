"""Drives a running `tureen cloud` with google-api-python-client, built from the discovery document that the server gives.

    python interop/cloud/check_client.py --url http://127.0.0.1:PORT --model SAVED_MODEL --work FOLDER

The model has to be half_plus_two. Prints each failure, then "N passed, N failed". `interop/cloud/check.ts` starts the server and runs this.
"""

import argparse
import json
import os
import sys
import time

try:
    import httplib2
    from googleapiclient import discovery, errors
except ImportError:
    print("skipped: google-api-python-client is not installed\n0 passed, 0 failed")
    sys.exit(0)

parser = argparse.ArgumentParser()
parser.add_argument("--url", required=True)
parser.add_argument("--model", required=True)
parser.add_argument("--work", required=True)
args = parser.parse_args()

passed = failed = 0


def check(name, actual, expected):
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"{name}: got {actual!r}, not {expected!r}")


def fails(name, request, status, text):
    try:
        answer = request.execute()
    except errors.HttpError as error:
        check(name, (error.resp.status, text in str(error)), (status, True))
    else:
        check(name, answer, f"HTTP status {status}")


def finished(operation):
    while not operation.get("done"):
        time.sleep(0.1)
        operation = ml.projects().operations().get(name=operation["name"]).execute()
    return operation


ml = discovery.build(
    "ml",
    "v1",
    http=httplib2.Http(timeout=30),
    discoveryServiceUrl=args.url + "/$discovery/rest?version={apiVersion}",
    static_discovery=False,
)
projects = ml.projects()
models = projects.models()
versions = models.versions()
parent = "projects/census"
model = parent + "/models/half"

check("config", "serviceAccount" in projects.getConfig(name=parent).execute(), True)
created = models.create(parent=parent, body={"name": "half", "regions": ["us-central1"], "labels": {"team": "a"}}).execute()
check("create model", (created["name"], created["regions"]), (model, ["us-central1"]))
fails("create it again", models.create(parent=parent, body={"name": "half"}), 409, "already exists")
fails("bad name", models.create(parent=parent, body={"name": "a-b"}), 400, "letters, numbers and underscores")
fails("predict without a version", projects.predict(name=model, body={"instances": [1]}), 400, "no default version")

for name in ("v1", "v2"):
    body = {"name": name, "deploymentUri": args.model, "runtimeVersion": "1.15", "framework": "TENSORFLOW"}
    operation = versions.create(parent=model, body=body).execute()
    check(f"create {name}", operation["metadata"]["operationType"], "CREATE_VERSION")
    operation = finished(operation)
    check(f"{name} deployed", operation["response"]["state"], "READY")
check("operations", len(projects.operations().list(name=parent).execute()["operations"]), 2)
check("default", models.get(name=model).execute()["defaultVersion"]["name"], model + "/versions/v1")

check("predict", projects.predict(name=model, body={"instances": [1.0, {"x": 5.0}]}).execute(), {"predictions": [2.5, 4.5]})
named = {"instances": [2], "signature_name": "serving_default"}
check("predict by version", projects.predict(name=model + "/versions/v2", body=named).execute(), {"predictions": [3.0]})
error = projects.predict(name=model, body={"instances": [{"y": 1}]}).execute()["error"]
check("prediction error", "Expected tensor name: x, got tensor name: ['y']." in error, True)

source = os.path.join(args.work, "input.json")
with open(source, "w") as file:
    file.writelines(json.dumps({"x": i}) + "\n" for i in range(100))
job = {
    "jobId": "batch_1",
    "predictionInput": {
        "versionName": model + "/versions/v1",
        "dataFormat": "JSON",
        "inputPaths": [source],
        "outputPath": os.path.join(args.work, "output"),
        "region": "us-central1",
        "batchSize": "16",
    },
}
check("create job", projects.jobs().create(parent=parent, body=job).execute()["state"], "QUEUED")
while (state := projects.jobs().get(name=parent + "/jobs/batch_1").execute())["state"] not in ("SUCCEEDED", "FAILED"):
    time.sleep(0.1)
check("job", (state["state"], state.get("errorMessage")), ("SUCCEEDED", None))
check("job's counts", (state["predictionOutput"]["predictionCount"], state["predictionOutput"]["errorCount"]), ("100", "0"))
with open(os.path.join(args.work, "output/prediction.results-00000-of-00001")) as file:
    check("job's results", [json.loads(line) for line in file], [i / 2 + 2 for i in range(100)])
check("list jobs", [entry["jobId"] for entry in projects.jobs().list(parent=parent, filter="state:SUCCEEDED").execute()["jobs"]], ["batch_1"])
fails("cancel a job that is done", projects.jobs().cancel(name=parent + "/jobs/batch_1", body={}), 400, "SUCCEEDED")

patched = models.patch(name=model, updateMask="description", body={"description": "halves and adds two"}).execute()
check("patch", finished(patched)["response"]["description"], "halves and adds two")
fails("stale etag", models.patch(name=model, updateMask="description,etag", body={"etag": created["etag"]}), 409, "etag")
check("set default", versions.setDefault(name=model + "/versions/v2", body={}).execute()["isDefault"], True)
request = versions.list(parent=model, pageSize=1)
pages = []
while request is not None:
    answer = request.execute()
    pages.append([version["name"][-2:] for version in answer["versions"]])
    request = versions.list_next(request, answer)
check("pages", pages, [["v1"], ["v2"]])
fails("delete the default", versions.delete(name=model + "/versions/v2"), 400, "default version")
for name in ("v1", "v2"):
    check(f"delete {name}", finished(versions.delete(name=f"{model}/versions/{name}").execute())["done"], True)
finished(models.delete(name=model).execute())
fails("gone", models.get(name=model), 404, "was not found")

print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
