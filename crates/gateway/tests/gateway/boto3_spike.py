"""The stock SDK against one small service per protocol. Prints the last line only if all holds."""
import datetime
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret = sys.argv[1:4]
session = boto3.Session(key, secret, region_name="us-east-1")


def client(name, **more):
    return session.client(name, endpoint_url=endpoint, config=Config(retries={"max_attempts": 0}, **more))


def fails(code, call, **members):
    try:
        call(**members)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        assert "date" in error.response["ResponseMetadata"]["HTTPHeaders"], error.response
        return error.response
    raise AssertionError(f"expected {code}")


at = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)

codecommit = client("codecommit")
found = codecommit.get_repository(repositoryName="r")["repositoryMetadata"]
assert found["creationDate"] == at, found
assert found["cloneUrlHttp"] == endpoint + "/v1/repos/r", found
fails("RepositoryDoesNotExistException", codecommit.get_repository, repositoryName="none")
refused = fails("InvalidRepositoryNameException", codecommit.get_repository, repositoryName="a b")
assert "at 'repositoryName'" in refused["Error"]["Message"], refused
fails("InternalFailure", codecommit.get_repository, repositoryName="panic")
refused = fails("NotImplemented", codecommit.create_pull_request, title="t", targets=[])
assert "codecommit:CreatePullRequest" in refused["Error"]["Message"], refused
assert "docs/coverage.md" in refused["Error"]["Message"], refused

iam = client("iam")
user = iam.create_user(UserName="ü", Tags=[{"Key": "a", "Value": "<&>"}])["User"]
assert user["CreateDate"] == at and user["Tags"] == [{"Key": "a", "Value": "<&>"}], user
tags = [{"Key": str(n), "Value": ""} for n in range(3)]
refused = fails("ValidationError", iam.create_user, UserName="u", Tags=tags)
assert "at 'tags'" in refused["Error"]["Message"], refused
iam.delete_user(UserName="u")
fails("InvalidAction", iam.list_roles)

for style in ("path", "auto"):
    s3 = client("s3", s3={"addressing_style": style})
    put = s3.put_object(Bucket="b", Key="k/ü +&", Body=b"x" * 300_000, Metadata={"a": "1"})
    assert put["ETag"] == '"300000-1"', put
    got = s3.get_object(Bucket="b", Key="k/ü +&")
    assert got["Body"].read().decode() == "b/k/ü +&", got
    assert got["LastModified"] == at, got
    refused = fails("NoSuchKey", s3.get_object, Bucket="b", Key="none")
    assert refused["Error"]["Key"] == "none", refused
    fails("NotImplemented", s3.get_object_torrent, Bucket="b", Key="k")
url = s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}, ExpiresIn=60)
import urllib.request

assert urllib.request.urlopen(url).read() == b"b/k"
try:
    urllib.request.urlopen(url.replace("/k?", "/other?"))
    raise AssertionError("a presigned URL must hold for its key alone")
except urllib.error.HTTPError as error:
    assert error.code == 403, error

codeartifact = client("codeartifact")
domain = codeartifact.create_domain(domain="dd", encryptionKey="k")["domain"]
assert domain["name"] == "dd" and domain["encryptionKey"] == "k" and domain["createdTime"] == at

wrong = boto3.client("codecommit", endpoint_url=endpoint, region_name="us-east-1",
                     aws_access_key_id=key, aws_secret_access_key="wrong",
                     config=Config(retries={"max_attempts": 0}))
fails("InvalidSignatureException", wrong.get_repository, repositoryName="r")
unknown = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1",
                       aws_access_key_id="AKIANOBODY", aws_secret_access_key="x",
                       config=Config(retries={"max_attempts": 0}))
fails("InvalidClientTokenId", unknown.create_user, UserName="u")
print("all protocols hold")
