"""Compares the operation table with botocore's model of S3."""

import json
import sys

import botocore.session

# Members that HTTP has and the model leaves to the client.
BESIDE = {"status", "Trailer", "ContentType", "Status", "ContentMD5"}
# A later name of the same operation.
OLD_NAMES = {
    "GetBucketLifecycle", "GetBucketNotification", "PutBucketLifecycle", "PutBucketNotification",
}
# Its answer is an element with text and no members, which is written as a payload.
BARE = ("GetBucketLocation", "LocationConstraint")
# Of what is refused as soon as its algorithm is named.
CUSTOMER_KEY = "SSECustomerKey"


def place(member, name, payload):
    where = member.serialization.get("location")
    if name == payload:
        return ["payload", name]
    if where in ("header", "headers", "querystring"):
        return [where, member.serialization["name"].lower() if where != "querystring"
                else member.serialization["name"]]
    if where == "uri":
        return ["uri", name]
    return ["body", member.serialization.get("name", name)]


def main():
    table = json.load(open(sys.argv[1]))
    model = botocore.session.get_session().get_service_model("s3")
    problems = []
    known = set(model.operation_names) - OLD_NAMES
    problems += [f"{name}: lacking" for name in known - set(table)]
    problems += [f"{name}: unknown" for name in set(table) - known]
    for name, row in table.items():
        if row["refused"] or name not in known:
            continue
        operation = model.operation_model(name)
        for kind, shape in [("input", operation.input_shape), ("output", operation.output_shape)]:
            theirs = {}
            if shape is not None:
                payload = shape.serialization.get("payload")
                theirs = {it: place(member, it, payload) for it, member in shape.members.items()}
            ours = {it[0]: it[1:] for it in row[kind] if "." not in it[0]}
            for member, where in ours.items():
                if member in theirs and theirs[member] != where and (name, member) != BARE:
                    problems.append(f"{name} {kind} {member}: {where}, not {theirs[member]}")
                if member not in theirs and member not in BESIDE:
                    problems.append(f"{name} {kind} {member}: unknown")
            if kind == "input":
                for member in theirs:
                    if member not in ours and CUSTOMER_KEY not in member:
                        problems.append(f"{name} {kind} {member}: lacking")
    print("\n".join(sorted(problems)))
    sys.exit(bool(problems))


main()
