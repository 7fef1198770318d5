"""Compares our operation tables and shapes with the model of the pinned botocore.

    conformance.py OURS.json

What differs on purpose stands in EXPECTED, each with its reason; an entry that no longer matches
anything is itself a difference. Prints one line per difference, and how many members of AWS's
answers ours never have, which is allowed: a client sees an absent member.
"""

import collections
import fnmatch
import json
import sys

import botocore.session

# Services of ours that no stock client knows: what the CodeDeploy agent speaks, and what AWS has not.
NO_MODEL = {"codedeploy-commands", "codedeploy-commands-secure", "codeyard", "codeyard-signin", "codeyard-console"}

# Errors that every service can answer, in the spelling of its protocol.
COMMON_ERRORS = {
    "AccessDenied", "AccessDeniedException", "ValidationException", "ValidationError",
    "SerializationException", "ThrottlingException", "Throttling", "InternalFailure",
    "ServiceUnavailable", "NotImplemented", "InvalidParameterValue",
}

# S3's errors, of which its model names the fewest:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
S3_ERRORS = {
    "AccessControlListNotSupported", "BadDigest", "BucketNotEmpty", "EntityTooLarge",
    "EntityTooSmall", "IllegalLocationConstraintException", "InvalidBucketName", "InvalidDigest",
    "InvalidLocationConstraint", "InvalidPart", "InvalidPartNumber", "InvalidPartOrder",
    "InvalidRange", "InvalidTag", "KMS.DisabledException", "KMS.NotFoundException",
    "KeyTooLongError", "MalformedPolicy", "MalformedXML", "MetadataTooLarge", "MethodNotAllowed",
    "NoSuchBucketPolicy", "NoSuchCORSConfiguration", "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration", "NoSuchTagSet", "NoSuchVersion",
    "NoSuchWebsiteConfiguration", "NotModified", "ObjectLockConfigurationNotFoundError",
    "PreconditionFailed", "ReplicationConfigurationNotFoundError", "TooManyBuckets",
}

# Glob of a difference's line -> why it is meant.
EXPECTED = {
    "s3: GetBucketLifecycle is neither*": "older name of GetBucketLifecycleConfiguration",
    "s3: PutBucketLifecycle is neither*": "older name of PutBucketLifecycleConfiguration",
    "s3: GetBucketNotification is neither*": "older name of GetBucketNotificationConfiguration",
    "s3: PutBucketNotification is neither*": "older name of PutBucketNotificationConfiguration",
    "s3.GetBucketLocation.output.LocationConstraint stands in *":
        "the answer is one element with text, which no shape can say",
    "s3.GetBucketLocation.output.ContentType is not AWS's": "said by HTTP, not by the model",
    "s3.GetBucketPolicy.output.ContentType is not AWS's": "said by HTTP, not by the model",
    "s3.*.input.Trailer is not AWS's": "announces a checksum behind the payload",
    "s3.DeleteObjects.input.ContentMD5 is not AWS's": "older clients send it",
    "s3.*Object.input.*Expires is a timestamp, not a string": "kept and given back as it came",
    "s3.CreateMultipartUpload.input.Expires is a timestamp, not a string":
        "kept and given back as it came",
    "s3.*.output.Expires is a timestamp, not a string": "kept and given back as it came",
    "s3.*.input.*If*odifiedSince is a timestamp, not a string":
        "HTTP has dates that are none passed over",
    "s3.*.input.ObjectLock* is a *, not a string": "refused by name, whatever it says",
    "s3.DeleteObject*.input.*ModifiedTime is a timestamp, not a string":
        "for directory buckets: refused by name, whatever it says",
    "s3.AbortMultipartUpload.input.IfMatchInitiatedTime is a timestamp, not a string":
        "for directory buckets: refused by name, whatever it says",
    "s3.*.input.PartNumber has m?? None *": "in the text of the reference only",
    "s3.DeleteObjects.input.Delete.Objects has m?? None *": "in the text of the reference only",
    "s3.PutBucketEncryption.input.*.Rules has m?? None *": "S3 takes one rule",
    "kms.*.CustomerMasterKeySpec takes * here only": "has the words of its successor, KeySpec",
    "ssm.PutParameter.input.Value has min None *": "in the text of the reference only",
    "codecommit.Batch*.input.* has max None *": "in the text of the reference only",
    "codecommit.*Comment*.input.content has max None *": "a quota of the user guide",
    "codedeploy.*OnPremisesInstance.input.instanceName has m?? None *":
        "in the text of the reference only",
    "codestar-connections.* takes AzureDevOps here only": "newer than the older model",
    "codepipeline.ListActionTypes is paginated *": "all there is fits one answer",
}


class Differences:
    def __init__(self):
        self.lines = []
        self.used = set()
        self.absent_outputs = collections.Counter()
        self.refused_whole = collections.Counter()

    def tell(self, line):
        for pattern in EXPECTED:
            if fnmatch.fnmatchcase(line, pattern):
                self.used.add(pattern)
                return
        self.lines.append(line)

    def finish(self):
        for pattern in sorted(set(EXPECTED) - self.used):
            self.lines.append(f"expected, but not so: {pattern}")
        for service, count in sorted(self.absent_outputs.items()):
            print(f"{service}: {count} members of answers are never there")
        for service, count in sorted(self.refused_whole.items()):
            print(f"{service}: {count} structures of requests are refused whole")
        print("\n".join(self.lines))
        print(f"{len(self.lines)} differences")
        return 1 if self.lines else 0


def compare_service(ours, session, out):
    name = ours["name"]
    model = session.get_service_model(name)
    loader = session.get_component("data_loader")
    shapes = loader.load_service_model(name, "service-2")["shapes"]
    paginators = loader.load_service_model(name, "paginators-1")["pagination"]
    head = f"{name}:"
    metadata = model.metadata
    protocol = model.resolved_protocol
    if protocol == "json":
        protocol = f"json-{metadata['jsonVersion']}"
        if metadata["targetPrefix"] not in ours["targets"]:
            out.tell(f"{head} target {metadata['targetPrefix']} is not taken")
    if protocol != ours["protocol"]:
        out.tell(f"{head} protocol is {protocol} there, {ours['protocol']} here")
    if protocol == "query" and metadata["apiVersion"] != ours["version"]:
        out.tell(f"{head} version is {metadata['apiVersion']} there, {ours['version']} here")

    known = set(model.operation_names)
    rows = collections.Counter(row["name"] for row in ours["operations"])
    for operation, count in rows.items():
        if operation not in known:
            out.tell(f"{head} {operation} is no operation of AWS's")
        if count > 1:
            out.tell(f"{head} {operation} has {count} rows")
    for operation in sorted(known - set(rows)):
        out.tell(f"{head} {operation} is neither built nor refused by name")

    codes = error_codes(shapes)
    for row in ours["operations"]:
        if row["refused"] or row["name"] not in known:
            continue
        where = f"{name}.{row['name']}"
        for code, status in row["errors"]:
            if code in codes:
                if codes[code] not in (None, status):
                    out.tell(f"{where} error {code} has status {codes[code]} there, {status} here")
            elif code not in COMMON_ERRORS | (S3_ERRORS if name == "s3" else set()):
                out.tell(f"{where} error {code} is not AWS's")
        operation = model.operation_model(row["name"])
        compare_pagination(row, paginators.get(row["name"]), operation, where, out)
        tokens = [it for it in operation.idempotent_members]
        if tokens and row["idempotency_token"] != tokens[0]:
            out.tell(f"{where} idempotency token is {tokens[0]}, not {row['idempotency_token']}")
        sides = Sides(name, ours["protocol"], shapes, out)
        sides.operation(row, operation, where)


def error_codes(shapes):
    """Code -> HTTP status, where the model tells it."""
    codes = {}
    for name, shape in shapes.items():
        if shape.get("exception"):
            error = shape.get("error", {})
            codes[error.get("code", name)] = error.get("httpStatusCode")
    return codes


def compare_pagination(row, theirs, operation, where, out):
    if theirs is None:
        return
    token, size = theirs["input_token"], theirs.get("limit_key")
    mine = row["pagination"]
    if mine is None:
        out.tell(f"{where} is paginated by {token} and {size} there, not here")
    elif isinstance(token, str) and (mine[0] != token or size not in (None, mine[1])):
        out.tell(f"{where} is paginated by {token} and {size} there, by {mine} here")


class Sides:
    """Walks an operation's input and output on both sides."""

    SCALARS = {
        "string": {"string", "enum"}, "character": {"string"}, "boolean": {"boolean"},
        "integer": {"integer"}, "long": {"long"}, "float": {"double"}, "double": {"double"},
        "timestamp": {"timestamp"}, "blob": {"blob", "stream"},
    }

    def __init__(self, service, protocol, shapes, out):
        self.service, self.protocol, self.shapes, self.out = service, protocol, shapes, out

    def operation(self, row, operation, where):
        for side, theirs in ("input", operation.input_shape), ("output", operation.output_shape):
            mine = row[side]
            if theirs is None:
                # A status beside 200 is HTTP's.
                if any(it["place"] != "statusCode" for it in mine["members"]):
                    self.out.tell(f"{where}.{side} has no members there")
                continue
            self.structure(mine, theirs.name, f"{where}.{side}", side == "input", top=True)

    def structure(self, mine, name, where, is_input, top=False):
        if "again" in mine:
            return
        theirs = self.shapes[name]
        members = theirs.get("members", {})
        required = theirs.get("required", [])
        payload = theirs.get("payload")
        # A structure that is refused whole has no members here.
        if mine["name"] == "Empty" and not top and members:
            self.out.refused_whole[self.service] += 1
            return
        ours = {it["name"]: it for it in mine["members"]}
        if top and is_input and self.protocol == "rest-xml" and payload is None and any(
            self.place(reference, None)[0] == "body" for reference in members.values()
        ):
            self.out.tell(f"{where} has members in a body without payload")
        for member, entry in ours.items():
            if member not in members and entry["place"] != "statusCode":
                self.out.tell(f"{where}.{member} is not AWS's")
        for member, reference in members.items():
            here = f"{where}.{member}"
            if member not in ours:
                if is_input:
                    self.out.tell(f"{here} is lacking")
                else:
                    self.out.absent_outputs[self.service] += 1
                continue
            entry = ours[member]
            if is_input and entry["required"] != (member in required):
                self.out.tell(f"{here} is required {'there' if member in required else 'here'} only")
            self.names(entry, member, reference, payload, here, top)
            self.kind(entry, entry["type"], reference["shape"], here, is_input, True)

    def place(self, reference, payload_of):
        """Where a member stands, and its name there."""
        if payload_of:
            return "payload", ""
        where = reference.get("location", "body")
        if where in ("header", "headers", "querystring"):
            name = reference["locationName"]
            return where, name if where == "querystring" else name.lower()
        return where, ""

    def names(self, entry, member, reference, payload, here, top):
        shape = self.shapes[reference["shape"]]
        if self.protocol.startswith("json"):
            wire = reference.get("locationName", member)
            if wire != entry["name"]:
                self.out.tell(f"{here} is called {wire} on the wire")
            return
        if self.protocol == "rest-xml" and top:
            theirs = self.place(reference, payload == member)
            if theirs != (entry["place"], entry["place_name"]):
                self.out.tell(
                    f"{here} stands in {theirs}, not {(entry['place'], entry['place_name'])}"
                )
            if theirs[0] == "payload":
                root = reference.get("locationName", reference["shape"])
                if "shape" in entry["type"] and "root" in entry["type"]["shape"]:
                    mine = entry["type"]["shape"]["root"]
                    if mine != root:
                        self.out.tell(f"{here} is the element {root}, not {mine}")
                return
            if theirs[0] != "body":
                return
        flat = reference.get("flattened", shape.get("flattened", False))
        wire = reference.get("locationName", member)
        if shape["type"] == "list":
            item = shape["member"].get("locationName", "member")
            if flat:
                # Query calls a flat list by its items' name.
                if self.protocol == "query" and "locationName" in shape["member"]:
                    wire = item
            elif entry["item"] != item:
                self.out.tell(f"{here} has items called {item}, not {entry['item']}")
        elif shape["type"] == "map":
            for part in "key", "value":
                name = shape[part].get("locationName", part)
                if entry[part] != name:
                    self.out.tell(f"{here} has a {part} called {name}, not {entry[part]}")
        if entry["flat"] != flat and shape["type"] in ("list", "map"):
            self.out.tell(f"{here} is flat on one side only")
        attribute = reference.get("xmlAttribute", False)
        if entry["attribute"] != attribute:
            self.out.tell(f"{here} is an attribute on one side only")
        if entry["xml"] != wire:
            self.out.tell(f"{here} is called {wire}, not {entry['xml']}")

    def kind(self, entry, mine, name, here, is_input, outermost):
        theirs = self.shapes[name]
        form = theirs["type"]
        if theirs.get("sensitive") and not entry["sensitive"]:
            self.out.tell(f"{here} is sensitive there, shown here")
        if is_input and outermost:
            self.bounds(entry, theirs, here)
        if form in ("structure", "list", "map"):
            if mine["is"] == "document" and theirs.get("document"):
                return
            if mine["is"] != form:
                self.out.tell(f"{here} is a {form}, not a {mine['is']}")
            elif form == "structure":
                self.structure(mine["shape"], name, here, is_input)
            else:
                inner = theirs["member" if form == "list" else "value"]["shape"]
                mark = "[]" if form == "list" else "{}"
                self.kind(entry, mine["of"], inner, here + mark, is_input, False)
            return
        if mine["is"] not in self.SCALARS[form]:
            self.out.tell(f"{here} is a {form}, not a {mine['is']}")
        elif mine["is"] == "enum":
            self.words(set(mine["words"]), set(theirs.get("enum", [])), here, is_input)
        if form == "timestamp" and not is_input:
            format = theirs.get("timestampFormat", "")
            if format != entry["time"] and not self.is_default(format, entry):
                self.out.tell(f"{here} is written as {format or 'usual'}, not {entry['time']}")

    def is_default(self, format, entry):
        usual = "unixTimestamp" if self.protocol.startswith("json") else "iso8601"
        if entry["place"] == "header":
            usual = "rfc822"
        return {format, entry["time"]} == {"", usual}

    def words(self, mine, theirs, here, is_input):
        if not theirs:
            self.out.tell(f"{here} is free text there, one of {sorted(mine)} here")
        for word in sorted(mine - theirs if theirs else ()):
            self.out.tell(f"{here} takes {word} here only")
        # An answer need not know every word; a request is refused where it should not be.
        for word in sorted(theirs - mine if is_input else ()):
            self.out.tell(f"{here} takes {word} there only")

    def bounds(self, entry, theirs, here):
        """What AWS takes is not refused by bounds here."""
        for bound, stricter in ("min", int.__gt__), ("max", int.__lt__):
            mine, limit = entry[bound], theirs.get(bound)
            if mine is None:
                continue
            if limit is None or stricter(mine, int(limit)):
                if bound == "min" and limit is None and mine <= 0:
                    continue
                self.out.tell(f"{here} has {bound} {limit} there, {mine} here")


def main():
    with open(sys.argv[1]) as file:
        ours = json.load(file)
    session = botocore.session.get_session()
    out = Differences()
    for service in ours:
        if service["name"] not in NO_MODEL:
            compare_service(service, session, out)
    sys.exit(out.finish())


main()
