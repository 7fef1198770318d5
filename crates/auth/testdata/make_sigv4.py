"""Writes sigv4.json: requests as botocore signs them. Run by hand after changing the cases; a
test compares the file with a fresh run where botocore is installed."""

import datetime
import hashlib
import json
import sys
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2026, 1, 31, 12, 0, 0)
TOKEN = "FwoGZXIvYXdzEBYaD/with+chars=="

# name, signer, service, region, method, url, headers, body, token, context
CASES = [
    ("json", "SigV4Auth", "codecommit", "us-east-1", "POST", "http://127.0.0.1:4566/",
     {"X-Amz-Target": "CodeCommit_20150413.GetRepository",
      "Content-Type": "application/x-amz-json-1.1", "User-Agent": "Boto3/1"},
     b'{"repositoryName":"r"}', None, {}),
    ("query", "SigV4Auth", "sts", "eu-central-1", "POST", "http://localhost:4566/",
     {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
     b"Action=GetCallerIdentity&Version=2011-06-15", None, {}),
    ("session", "SigV4Auth", "iam", "us-east-1", "POST", "https://iam.amazonaws.com/",
     {"Content-Type": "application/x-www-form-urlencoded"}, b"Action=ListUsers", TOKEN, {}),
    ("date header", "SigV4Auth", "iam", "us-east-1", "GET", "https://iam.amazonaws.com/",
     {"Date": "whatever"}, b"", None, {}),
    ("get with query", "SigV4Auth", "codeartifact", "us-west-2", "GET",
     "http://127.0.0.1:4566/v1/domain?domain=b&domain-owner=1&a=%20x&a=%2Fy&empty=&flag", {}, b"",
     None, {}),
    ("header folding", "SigV4Auth", "ssm", "us-east-1", "POST", "http://127.0.0.1/",
     {"X-Amz-Meta-A": "  a   b\tc  ", "X-Custom": '"q   q"', "My-Empty": ""}, b"{}", None, {}),
    ("trace id and hop headers", "SigV4Auth", "ssm", "us-east-1", "POST", "http://127.0.0.1/",
     {"X-Amzn-Trace-Id": "Root=1", "Expect": "100-continue", "Connection": "keep-alive",
      "Transfer-Encoding": "chunked"}, b"{}", None, {}),
    ("utf-8 header", "SigV4Auth", "ssm", "us-east-1", "POST", "http://127.0.0.1/",
     {"X-Amz-Meta-Name": "käse"}, b"{}", None, {}),
    ("path with space", "SigV4Auth", "lambda", "us-east-1", "GET",
     "http://127.0.0.1/2015-03-31/functions/a%20b/x", {}, b"", None, {}),
    ("path with encoded arn", "SigV4Auth", "codeguru-reviewer", "us-east-1", "GET",
     "http://127.0.0.1/codereviews/arn%3Aaws%3Acodeguru%3Aus-east-1%3A1%3Ax%2Fy", {}, b"", None, {}),
    ("path with dots", "SigV4Auth", "lambda", "us-east-1", "GET", "http://127.0.0.1/a/./b/../c//d/",
     {}, b"", None, {}),
    ("path up and out", "SigV4Auth", "lambda", "us-east-1", "GET", "http://127.0.0.1/a/../../", {},
     b"", None, {}),
    ("path with unicode", "SigV4Auth", "lambda", "us-east-1", "GET",
     "http://127.0.0.1/%E1%88%B4/~x-y_z.t", {}, b"", None, {}),
    ("path with specials", "SigV4Auth", "lambda", "us-east-1", "GET",
     "http://127.0.0.1/a+b:c=d,e@f;g!h$i'j(k)*l", {}, b"", None, {}),
    ("unsigned payload elsewhere", "SigV4Auth", "lambda", "us-east-1", "POST", "https://h.example/x",
     {}, b"body", None, {"payload_signing_enabled": False}),
    ("s3 put", "S3SigV4Auth", "s3", "us-east-1", "PUT", "http://127.0.0.1:4566/bucket/key",
     {"Content-Type": "text/plain", "Content-MD5": "x"}, b"hello", None, {}),
    ("s3 strange key", "S3SigV4Auth", "s3", "us-east-1", "GET",
     "http://127.0.0.1:4566/bucket//a/../b%20c/%E1%88%B4/d%2Be~%25/", {}, b"", None, {}),
    ("s3 list", "S3SigV4Auth", "s3", "us-east-1", "GET",
     "http://127.0.0.1:4566/bucket?list-type=2&prefix=a%2Fb%20c&delimiter=%2F", {}, b"", None, {}),
    ("s3 subresource", "S3SigV4Auth", "s3", "us-east-1", "POST",
     "http://bucket.localhost:4566/key?uploads", {"x-amz-acl": "private"}, b"", TOKEN, {}),
    ("s3 over tls", "S3SigV4Auth", "s3", "us-east-1", "PUT", "https://127.0.0.1:4566/bucket/key",
     {"Content-Encoding": "aws-chunked", "X-Amz-Trailer": "x-amz-checksum-crc32",
      "X-Amz-Decoded-Content-Length": "5", "Transfer-Encoding": "chunked"}, b"hello", None,
     {"checksum": {"request_algorithm": {"in": "trailer", "algorithm": "crc32",
                                         "name": "x-amz-checksum-crc32"}}}),
    ("s3 unsigned", "S3SigV4Auth", "s3", "us-east-1", "PUT", "https://127.0.0.1:4566/bucket/key",
     {"Content-MD5": "x"}, b"hello", None, {"has_streaming_input": True}),
    ("s3 presigned get", "S3SigV4QueryAuth", "s3", "us-east-1", "GET",
     "http://127.0.0.1:4566/bucket/a%20b%2Bc?versionId=v1&response-content-type=text%2Fplain", {},
     b"", None, {}),
    ("s3 presigned put", "S3SigV4QueryAuth", "s3", "eu-west-1", "PUT",
     "http://127.0.0.1:4566/bucket/key", {"Content-Type": "text/plain", "x-amz-acl": "private"},
     b"", TOKEN, {}),
    ("sts presigned", "SigV4QueryAuth", "sts", "us-east-1", "GET",
     "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
     {"x-k8s-aws-id": "cluster"}, b"", TOKEN, {}),
]


def case(name, signer, service, region, method, url, headers, body, token, context):
    request = AWSRequest(method=method, url=url, headers=headers, data=body)
    request.context.update(context)
    credentials = Credentials(KEY, SECRET, token)
    getattr(botocore.auth, signer)(credentials, service, region).add_auth(request)
    parts = urlsplit(request.url)
    sent = [[k.lower(), v] for k, v in request.headers.items()]
    if not any(k == "host" for k, _ in sent):
        sent.append(["host", parts.netloc])
    return {
        "name": name, "service": service, "region": region, "token": token, "method": method,
        "path": parts.path, "query": parts.query, "headers": sent,
        "payload_sha256": hashlib.sha256(body).hexdigest(),
        "given_query": urlsplit(url).query,
        "given_headers": [[k.lower(), v] for k, v in headers.items()],
    }


with mock.patch("botocore.auth.get_current_datetime", lambda *a, **k: NOW):
    cases = [case(*each) for each in CASES]

git = {}
for name, host in (("helper", "127.0.0.1"), ("remote", "127.0.0.1:4566")):
    request = AWSRequest(method="GIT", url="https://x")
    request.context["timestamp"] = NOW.strftime("%Y%m%dT%H%M%S")
    signer = botocore.auth.SigV4Auth(Credentials(KEY, SECRET), "codecommit", "us-east-1")
    canonical = "GIT\n/v1/repos/Repo\n\nhost:%s\n\nhost\n" % host
    to_sign = signer.string_to_sign(request, canonical)
    git[name] = request.context["timestamp"] + "Z" + signer.signature(to_sign, request)

out = {"access_key_id": KEY, "secret": SECRET, "now": NOW.strftime("%Y%m%dT%H%M%SZ"),
       "git": git, "cases": cases}
sys.stdout.buffer.write(json.dumps(out, indent=1, ensure_ascii=False).encode() + b"\n")
