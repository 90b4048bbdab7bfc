"""Compares the project's .proto files with the descriptors in TensorFlow's own packages, field by field.

Every message, enum and service of both sides is compared by full name: field names, numbers, types, labels, JSON names, oneofs,
enum values, methods. What only the project has is listed in known_differences.json with its reason: whole files under "only_here",
newer names in files that both have under "newer" (with all that is inside them). A listed name that both sides have is an error too,
and so is any name that differs.

    python interop/protos/compare_descriptors.py [descriptor-set.binpb]

Needs tensorflow-cpu 2.15 and tensorflow-serving-api 2.15. Without an argument, builds the descriptor set with the project's buf.
Exits 1 on any difference.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

# prediction_service_pb2 of tensorflow-serving-api 2.15 does not load with the C implementation of protobuf 4.
os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import importlib  # noqa: E402

from google.protobuf import descriptor_pb2  # noqa: E402

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]


def built_descriptor_set():
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "protos.binpb"
        subprocess.run([ROOT / "node_modules/.bin/buf", "build", "--as-file-descriptor-set", "-o", out], cwd=ROOT / "proto", check=True)
        return out.read_bytes()


def default_json_name(name):
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def facts_of_message(message, prefix, facts):
    name = f"{prefix}.{message.name}"
    facts[name] = "message"
    for field in message.field:
        oneof = message.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
        facts[f"{name}.{field.name}"] = (
            f"number={field.number} type={descriptor_pb2.FieldDescriptorProto.Type.Name(field.type)}"
            f" {field.type_name} label={descriptor_pb2.FieldDescriptorProto.Label.Name(field.label)}"
            f" json={field.json_name or default_json_name(field.name)} oneof={oneof} optional={field.proto3_optional}"
        )
    for nested in message.nested_type:
        facts_of_message(nested, name, facts)
    for enum in message.enum_type:
        facts_of_enum(enum, name, facts)


def facts_of_enum(enum, prefix, facts):
    name = f"{prefix}.{enum.name}"
    facts[name] = "enum"
    for value in enum.value:
        facts[f"{name}.{value.name}"] = f"value={value.number}"


def facts_of_file(file):
    facts = {}
    for message in file.message_type:
        facts_of_message(message, file.package, facts)
    for enum in file.enum_type:
        facts_of_enum(enum, file.package, facts)
    for service in file.service:
        facts[f"{file.package}.{service.name}"] = "service"
        for method in service.method:
            facts[f"{file.package}.{service.name}.{method.name}"] = (
                f"{method.input_type} -> {method.output_type} streams={method.client_streaming},{method.server_streaming}"
            )
    return facts


def packaged_file(path):
    """The descriptor that a package embeds for a .proto path, or None where no package has it."""
    folder = "tensorflow/" if path.startswith("tsl/") else ""
    try:
        module = importlib.import_module((folder + path[: -len(".proto")]).replace("/", ".") + "_pb2")
    except ModuleNotFoundError:
        return None
    return descriptor_pb2.FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)


def main():
    data = pathlib.Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else built_descriptor_set()
    ours = descriptor_pb2.FileDescriptorSet.FromString(data)
    known = json.loads((HERE / "known_differences.json").read_text())
    only_here, newer = known["only_here"], known["newer"]
    problems, compared, used = [], 0, set()
    for file in ours.file:
        if file.name.startswith("google/"):
            continue
        theirs = packaged_file(file.name)
        if theirs is None:
            if file.name in only_here:
                used.add(file.name)
            else:
                problems.append(f"{file.name}: no package has this file")
            continue
        if (file.package, file.syntax) != (theirs.package, theirs.syntax):
            problems.append(f"{file.name}: {file.package} {file.syntax} instead of {theirs.package} {theirs.syntax}")
        mine, want = facts_of_file(file), facts_of_file(theirs)
        compared += len(want)
        for name in sorted(mine.keys() | want.keys()):
            if mine.get(name) == want.get(name):
                continue
            listed = next((entry for entry in newer if name == entry or name.startswith(entry + ".")), None)
            if listed is not None and name not in want:
                used.add(listed)
            else:
                problems.append(f"{name}: {mine.get(name)} instead of {want.get(name)}")
    problems += [f"{name}: listed in known_differences.json, but does not differ" for name in [*only_here, *newer] if name not in used]
    for problem in problems:
        print(problem)
    print(f"{compared} facts compared, {len(used)} known differences, {len(problems)} problems")
    print(f"{compared - len(problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
