"""What the scripts share: a client and a way to expect errors."""

import contextlib
import hashlib
import io
import unittest
import uuid

import boto3
import botocore.config
import botocore.exceptions

KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/usable"
KMS_DISABLED = "arn:aws:kms:us-east-1:123456789012:key/disabled"


def client(**settings):
    config = botocore.config.Config(retries={"max_attempts": 0}, **settings)
    return boto3.client("s3", config=config)


def pattern(size):
    """Bytes that differ everywhere, so that a misplaced piece shows."""
    block = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(2048))
    return (block * (size // len(block) + 1))[:size]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s3 = client()

    def setUp(self):
        self.bucket = "t-" + uuid.uuid4().hex[:20]
        self.s3.create_bucket(Bucket=self.bucket)

    def put(self, key, body=b"body", **more):
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, **more)

    def get(self, key, **more):
        return self.s3.get_object(Bucket=self.bucket, Key=key, **more)

    def body(self, key, **more):
        return self.get(key, **more)["Body"].read()

    def versioned(self, status="Enabled"):
        self.s3.put_bucket_versioning(
            Bucket=self.bucket, VersioningConfiguration={"Status": status}
        )

    @contextlib.contextmanager
    def refused(self, code, status=None):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            yield caught
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], code, error)
        if status is not None:
            self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], status, error)


def main():
    unittest.main(verbosity=1)
