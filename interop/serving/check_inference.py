"""Drives a running server with Triton's client: the Open Inference Protocol over HTTP and gRPC.

    python interop/serving/check_inference.py --grpc PORT --rest PORT [--base FOLDER]

The server has to serve half_plus_two of make_fixtures.py and to allow model management. Prints each failure, then "N passed, N failed".
`interop/serving/check.ts --inference` starts the server and runs this. Skipped where tritonclient is not installed.
"""

import argparse
import sys

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--grpc", type=int, required=True)
parser.add_argument("--rest", type=int, required=True)
parser.add_argument("--base")
args = parser.parse_args()

try:
    from google.protobuf.json_format import MessageToDict
    import tritonclient.grpc as grpcclient
    import tritonclient.http as httpclient
    from tritonclient.utils import InferenceServerException
except ImportError as error:
    print(f"skipped: {error}\n0 passed, 0 failed")
    sys.exit(0)

passed = failed = 0


def check(name, actual, expected):
    global passed, failed
    same = np.array_equal(actual, expected) if isinstance(expected, np.ndarray) else actual == expected
    if same:
        passed += 1
    else:
        failed += 1
        print(f"{name}: got {actual!r}, not {expected!r}")


def fails(name, call, text):
    try:
        call()
        check(name, "an answer", text)
    except InferenceServerException as error:
        check(name, text in error.message(), True)


def tensor(module, values, dtype):
    data = np.array(values, dtype=dtype)
    return module.InferInput("x", list(data.shape), {"float32": "FP32", "int32": "INT32"}[dtype]), data


def drive(kind, module, client, as_dict):
    check(f"{kind} live", client.is_server_live(), True)
    check(f"{kind} ready", client.is_server_ready(), True)
    check(f"{kind} model ready", client.is_model_ready("half_plus_two"), True)
    check(f"{kind} version ready", client.is_model_ready("half_plus_two", "123"), True)
    check(f"{kind} model not ready", client.is_model_ready("nobody"), False)
    check(f"{kind} server", as_dict(client.get_server_metadata())["name"], "tureen")
    metadata = as_dict(client.get_model_metadata("half_plus_two"))
    check(f"{kind} versions", metadata["versions"], ["123"])
    check(f"{kind} input", (metadata["inputs"][0]["name"], metadata["inputs"][0]["datatype"]), ("x", "FP32"))

    expected = np.array([2.5, 3.0, 4.5], dtype=np.float32)
    item, data = tensor(module, [1, 2, 5], "float32")
    item.set_data_from_numpy(data)
    answer = client.infer("half_plus_two", [item], request_id="17")
    check(f"{kind} infer", answer.as_numpy("y"), expected)
    check(f"{kind} id", as_dict(answer.get_response())["id"], "17")
    wanted = [module.InferRequestedOutput("y")]
    check(f"{kind} version and output", client.infer("half_plus_two", [item], model_version="123", outputs=wanted).as_numpy("y"), expected)
    fails(f"{kind} unknown version", lambda: client.infer("half_plus_two", [item], model_version="9"), "Servable not found for request")
    fails(f"{kind} unknown output", lambda: client.infer("half_plus_two", [item], outputs=[module.InferRequestedOutput("z")]), "output tensor alias not found in signature: z")
    wrong, data = tensor(module, [1], "int32")
    wrong.set_data_from_numpy(data)
    fails(f"{kind} dtype", lambda: client.infer("half_plus_two", [wrong]), "Expects arg[0] to be float but int32 is provided")

    client.unload_model("half_plus_two")
    check(f"{kind} unloaded", client.is_model_ready("half_plus_two"), False)
    client.load_model("half_plus_two")
    check(f"{kind} loaded", client.is_model_ready("half_plus_two"), True)
    fails(f"{kind} load", lambda: client.load_model("nobody"), "nobody")


http = httpclient.InferenceServerClient(f"127.0.0.1:{args.rest}")
drive("http", httpclient, http, lambda value: value)
check("http index", [(m["name"], m["state"]) for m in http.get_model_repository_index()], [("half_plus_two", "READY")])
# JSON instead of bytes, in both directions.
item, data = tensor(httpclient, [[1, 2], [5, 7]], "float32")
item.set_data_from_numpy(data, binary_data=False)
answer = http.infer("half_plus_two", [item], outputs=[httpclient.InferRequestedOutput("y", binary_data=False)])
check("http JSON", answer.as_numpy("y"), np.array([[2.5, 3.0], [4.5, 5.5]], dtype=np.float32))
text = httpclient.InferInput("inputs", [2], "BYTES")
text.set_data_from_numpy(np.array([b"", b"no Example"], dtype=object))
fails("http signature", lambda: http.infer("half_plus_two", [text], parameters={"signature_name": "nothing"}), 'Serving signature key "nothing" not found.')
http.close()



def grpc_dict(message):
    return MessageToDict(message, preserving_proto_field_name=True)


rpc = grpcclient.InferenceServerClient(f"127.0.0.1:{args.grpc}")
drive("grpc", grpcclient, rpc, grpc_dict)
check("grpc index", [(m.name, m.state) for m in rpc.get_model_repository_index().models], [("half_plus_two", "READY")])
rpc.close()

print(f"{passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
