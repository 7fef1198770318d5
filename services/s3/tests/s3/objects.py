"""Objects, one at a time and in batches."""

import base64
import datetime
import hashlib
import io
import os
import socket
import unittest.mock
import urllib.error
import urllib.request
import zlib

import boto3
import botocore.config

from common import KMS_DISABLED, KMS_KEY, Case, client, main, pattern


class Objects(Case):
    def test_round_trips_of_every_size(self):
        for size in [0, 1, 16384, 16385, 65536, 524288, 524289, 3_000_000]:
            body = pattern(size)
            put = self.put("k", body)
            self.assertEqual(put["ETag"], '"%s"' % hashlib.md5(body).hexdigest())
            got = self.get("k")
            self.assertEqual(got["Body"].read(), body)
            self.assertEqual(got["ContentLength"], size)
            self.assertEqual(got["ETag"], put["ETag"])
            self.assertEqual(got["ContentType"], "binary/octet-stream")
            self.assertEqual(got["AcceptRanges"], "bytes")
            self.assertEqual(got["ServerSideEncryption"], "AES256")
            self.assertNotIn("VersionId", got)
            head = self.s3.head_object(Bucket=self.bucket, Key="k")
            self.assertEqual(head["ContentLength"], size)
            self.assertEqual(head["ETag"], put["ETag"])

    def test_streams_of_unknown_nature(self):
        class Stream(io.RawIOBase):
            def __init__(self, data):
                self.inner = io.BytesIO(data)

            def readable(self):
                return True

            def read(self, n=-1):
                return self.inner.read(n)

        body = pattern(700_000)
        self.s3.upload_fileobj(Stream(body), self.bucket, "k")
        self.assertEqual(self.body("k"), body)

    def test_keys_of_every_kind(self):
        keys = [
            "a", "/", "//", "/a//b/", "a b", "a+b", "käse/日本", "a%20b", "a?b=c&d#e", "~", "a\nb",
            "x" * 1024, "..", "./a", "a:b;c,d", "🦀", "<&>\"'", " ",
        ]
        for key in keys:
            self.put(key, key.encode())
        for key in keys:
            self.assertEqual(self.body(key), key.encode(), key)
        listed = self.s3.list_objects_v2(Bucket=self.bucket)["Contents"]
        self.assertEqual([it["Key"] for it in listed], sorted(keys, key=str.encode))
        with self.refused("KeyTooLongError", 400):
            self.put("x" * 1025)

    def test_metadata_and_headers_come_back(self):
        headers = dict(
            CacheControl="no-cache", ContentDisposition="attachment", ContentEncoding="gzip",
            ContentLanguage="de", ContentType="text/plain", Metadata={"one": "1", "two-b": "x y"},
            StorageClass="STANDARD_IA", WebsiteRedirectLocation="/else",
        )
        expires = datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
        self.put("k", **headers, Expires=expires)
        for got in [self.get("k"), self.s3.head_object(Bucket=self.bucket, Key="k")]:
            for name, value in headers.items():
                self.assertEqual(got[name], value, name)
            self.assertEqual(got["ExpiresString"], "Wed, 02 Jan 2030 03:04:05 GMT")
        got = self.get(
            "k", ResponseContentType="a/b", ResponseContentDisposition="inline",
            ResponseCacheControl="max-age=1", ResponseContentLanguage="fr",
            ResponseContentEncoding="identity",
        )
        self.assertEqual(
            [got[it] for it in ["ContentType", "ContentDisposition", "CacheControl",
                                "ContentLanguage", "ContentEncoding"]],
            ["a/b", "inline", "max-age=1", "fr", "identity"],
        )
        with self.refused("MetadataTooLarge", 400):
            self.put("k", Metadata={"a": "x" * 2048})

    def test_ranges(self):
        for size in [100, 2_000_000]:
            body = pattern(size)
            self.put("k", body)
            cases = {
                "bytes=0-0": (0, 1), "bytes=5-": (5, size), "bytes=-7": (size - 7, size),
                "bytes=3-99999999": (3, size), f"bytes={size - 1}-": (size - 1, size),
                f"bytes={size // 2}-{size // 2 + 9}": (size // 2, size // 2 + 10),
            }
            for header, (start, end) in cases.items():
                got = self.get("k", Range=header)
                self.assertEqual(got["ResponseMetadata"]["HTTPStatusCode"], 206)
                self.assertEqual(got["Body"].read(), body[start:end], header)
                self.assertEqual(got["ContentRange"], f"bytes {start}-{end - 1}/{size}")
                self.assertEqual(got["ContentLength"], end - start)
            for header in ["bytes=9-5", "bytes=0-1,4-5", "lines=1-2"]:
                got = self.get("k", Range=header)
                self.assertEqual(got["ResponseMetadata"]["HTTPStatusCode"], 200)
                self.assertEqual(got["ContentLength"], size)
            with self.refused("InvalidRange", 416):
                self.get("k", Range=f"bytes={size}-")

    def test_conditional_reads(self):
        etag = self.put("k")["ETag"]
        modified = self.s3.head_object(Bucket=self.bucket, Key="k")["LastModified"]
        before, after = modified - datetime.timedelta(days=1), modified
        self.assertEqual(self.body("k", IfMatch=etag), b"body")
        self.assertEqual(self.body("k", IfNoneMatch='"x"', IfModifiedSince=after), b"body")
        self.assertEqual(self.body("k", IfModifiedSince=before), b"body")
        self.assertEqual(self.body("k", IfUnmodifiedSince=after), b"body")
        self.assertEqual(self.body("k", IfMatch=etag, IfUnmodifiedSince=before), b"body")
        with self.refused("PreconditionFailed", 412):
            self.get("k", IfMatch='"x"')
        with self.refused("PreconditionFailed", 412):
            self.get("k", IfUnmodifiedSince=before)
        for condition in [dict(IfNoneMatch=etag), dict(IfModifiedSince=after)]:
            with self.refused("304", 304):
                self.get("k", **condition)
            with self.refused("304", 304):
                self.s3.head_object(Bucket=self.bucket, Key="k", **condition)

    def test_conditional_writes(self):
        etag = self.put("k", b"1", IfNoneMatch="*")["ETag"]
        with self.refused("PreconditionFailed", 412):
            self.put("k", b"2", IfNoneMatch="*")
        self.assertEqual(self.body("k"), b"1")
        with self.refused("PreconditionFailed", 412):
            self.put("k", b"2", IfMatch='"x"')
        self.put("k", b"2", IfMatch=etag)
        self.assertEqual(self.body("k"), b"2")
        with self.refused("NoSuchKey", 404):
            self.put("absent", IfMatch=etag)
        with self.refused("NotImplemented", 501):
            self.put("k", IfNoneMatch=etag)
        with self.refused("PreconditionFailed", 412):
            self.s3.delete_object(Bucket=self.bucket, Key="k", IfMatch='"x"')

    def test_absent_things(self):
        with self.refused("NoSuchKey", 404):
            self.get("absent")
        with self.refused("404", 404):
            self.s3.head_object(Bucket=self.bucket, Key="absent")
        with self.refused("NoSuchBucket", 404):
            self.s3.get_object(Bucket=self.bucket + "x", Key="k")
        with self.refused("NoSuchBucket", 404):
            self.s3.put_object(Bucket=self.bucket + "x", Key="k", Body=b"x" * 100_000)
        self.s3.delete_object(Bucket=self.bucket, Key="absent")

    def test_checksums(self):
        body = pattern(100_000)
        crc = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        sha1 = base64.b64encode(hashlib.sha1(body).digest()).decode()
        sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
        for name, value in [("CRC32", crc), ("SHA1", sha1), ("SHA256", sha256)]:
            put = self.put("k", body, **{"Checksum" + name: value})
            self.assertEqual(put["Checksum" + name], value)
            self.assertEqual(put["ChecksumType"], "FULL_OBJECT")
            got = self.get("k", ChecksumMode="ENABLED")
            self.assertEqual(got["Checksum" + name], value)
            got["Body"].read()
            head = self.s3.head_object(Bucket=self.bucket, Key="k", ChecksumMode="ENABLED")
            self.assertEqual(head["Checksum" + name], value)
            self.assertNotIn("Checksum" + name, self.s3.head_object(Bucket=self.bucket, Key="k"))
            attributes = self.s3.get_object_attributes(
                Bucket=self.bucket, Key="k",
                ObjectAttributes=["Checksum", "ETag", "ObjectSize", "StorageClass"],
            )
            self.assertEqual(attributes["Checksum"]["Checksum" + name], value)
            self.assertEqual(attributes["ObjectSize"], len(body))
            self.assertEqual(attributes["ETag"], hashlib.md5(body).hexdigest())
            self.assertEqual(attributes["StorageClass"], "STANDARD")
            listed = self.s3.list_objects_v2(Bucket=self.bucket)["Contents"][0]
            self.assertEqual(listed["ChecksumAlgorithm"], [name])
        for algorithm in ["SHA1", "SHA256", "CRC32"]:
            self.put("k", body, ChecksumAlgorithm=algorithm)
        with self.refused("BadDigest", 400):
            self.put("k", body, ChecksumCRC32="AAAAAA==")
        with self.refused("BadDigest", 400):
            self.put("k", body, ContentMD5=base64.b64encode(bytes(16)).decode())
        with self.refused("InvalidDigest", 400):
            self.put("k", body, ContentMD5="AAAA")
        with self.refused("InvalidRequest", 400):
            self.put("k", body, ChecksumCRC32="AAAA")
        self.put("k", body, ContentMD5=base64.b64encode(hashlib.md5(body).digest()).decode())
        plain = client(request_checksum_calculation="when_required")
        plain.put_object(Bucket=self.bucket, Key="k", Body=body)
        head = self.s3.head_object(Bucket=self.bucket, Key="k", ChecksumMode="ENABLED")
        self.assertEqual(len(base64.b64decode(head["ChecksumCRC64NVME"])), 8)

    def test_versions(self):
        first = self.put("k", b"null")
        self.versioned()
        a, b = self.put("k", b"a")["VersionId"], self.put("k", b"b")["VersionId"]
        self.assertNotIn("VersionId", first)
        self.assertNotEqual(a, b)
        for version, body in [(a, b"a"), (b, b"b"), ("null", b"null")]:
            self.assertEqual(self.body("k", VersionId=version), body)
        marker = self.s3.delete_object(Bucket=self.bucket, Key="k")
        self.assertTrue(marker["DeleteMarker"])
        with self.refused("NoSuchKey", 404) as caught:
            self.get("k")
        headers = caught.exception.response["ResponseMetadata"]["HTTPHeaders"]
        self.assertEqual(headers["x-amz-delete-marker"], "true")
        self.assertEqual(headers["x-amz-version-id"], marker["VersionId"])
        with self.refused("MethodNotAllowed", 405):
            self.get("k", VersionId=marker["VersionId"])
        with self.refused("405", 405):
            self.s3.head_object(Bucket=self.bucket, Key="k", VersionId=marker["VersionId"])
        undone = self.s3.delete_object(
            Bucket=self.bucket, Key="k", VersionId=marker["VersionId"]
        )
        self.assertTrue(undone["DeleteMarker"])
        self.assertEqual(self.body("k"), b"b")
        self.s3.delete_object(Bucket=self.bucket, Key="k", VersionId=b)
        self.assertEqual(self.body("k"), b"a")
        with self.refused("NoSuchVersion", 404):
            self.get("k", VersionId=b)
        with self.refused("InvalidArgument", 400):
            self.get("k", VersionId="nonsense")
        self.versioned("Suspended")
        again = self.put("k", b"null again")
        self.assertEqual(again["VersionId"], "null")
        self.assertEqual(self.body("k"), b"null again")
        self.assertEqual(self.body("k", VersionId=a), b"a")
        gone = self.s3.delete_object(Bucket=self.bucket, Key="k")
        self.assertEqual((gone["DeleteMarker"], gone["VersionId"]), (True, "null"))
        shown = self.s3.list_object_versions(Bucket=self.bucket)
        self.assertEqual([it["VersionId"] for it in shown["Versions"]], [a])
        self.assertEqual([it["VersionId"] for it in shown["DeleteMarkers"]], ["null"])

    def test_batches_of_deletions(self):
        for key in ["a", "b", "c"]:
            self.put(key)
        answer = self.s3.delete_objects(
            Bucket=self.bucket,
            Delete={"Objects": [{"Key": "a"}, {"Key": "b", "ETag": '"x"'}, {"Key": "absent"}]},
        )
        self.assertEqual(sorted(it["Key"] for it in answer["Deleted"]), ["a", "absent"])
        self.assertEqual(
            [(it["Key"], it["Code"]) for it in answer["Errors"]], [("b", "PreconditionFailed")]
        )
        self.versioned()
        version = self.put("c")["VersionId"]
        answer = self.s3.delete_objects(
            Bucket=self.bucket,
            Delete={"Objects": [{"Key": "c"}, {"Key": "c", "VersionId": version}]},
        )
        marker, removed = answer["Deleted"]
        self.assertTrue(marker["DeleteMarker"])
        self.assertIn("DeleteMarkerVersionId", marker)
        self.assertEqual(removed["VersionId"], version)
        self.assertNotIn("DeleteMarker", removed)
        quiet = self.s3.delete_objects(
            Bucket=self.bucket, Delete={"Objects": [{"Key": "b"}], "Quiet": True}
        )
        self.assertNotIn("Deleted", quiet)
        many = [{"Key": f"k{i}"} for i in range(1001)]
        with self.refused("MalformedXML", 400):
            self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": many})

    def test_copies(self):
        body = pattern(200_000)
        self.put("a", body, Metadata={"m": "1"}, ContentType="a/b", Tagging="t=1",
                 ChecksumAlgorithm="SHA256")
        source = {"Bucket": self.bucket, "Key": "a"}
        copy = self.s3.copy_object(Bucket=self.bucket, Key="käse b", CopySource=source)
        self.assertEqual(copy["CopyObjectResult"]["ETag"], self.get("a")["ETag"])
        self.assertIn("ChecksumSHA256", copy["CopyObjectResult"])
        got = self.get("käse b")
        self.assertEqual(got["Body"].read(), body)
        self.assertEqual((got["Metadata"], got["ContentType"], got["TagCount"]), ({"m": "1"}, "a/b", 1))
        self.s3.copy_object(
            Bucket=self.bucket, Key="c", CopySource=source, MetadataDirective="REPLACE",
            Metadata={"n": "2"}, TaggingDirective="REPLACE", Tagging="u=2&v=3",
        )
        got = self.get("c")
        self.assertEqual((got["Metadata"], got["TagCount"]), ({"n": "2"}, 2))
        self.assertEqual(got["ContentType"], "binary/octet-stream")
        with self.refused("InvalidRequest", 400):
            self.s3.copy_object(Bucket=self.bucket, Key="a", CopySource=source)
        self.s3.copy_object(
            Bucket=self.bucket, Key="a", CopySource=source, MetadataDirective="REPLACE"
        )
        etag = self.get("a")["ETag"]
        for condition in [dict(CopySourceIfMatch='"x"'), dict(CopySourceIfNoneMatch=etag)]:
            with self.refused("PreconditionFailed", 412):
                self.s3.copy_object(Bucket=self.bucket, Key="d", CopySource=source, **condition)
        self.s3.copy_object(
            Bucket=self.bucket, Key="d", CopySource=source, CopySourceIfMatch=etag
        )
        with self.refused("NoSuchKey", 404):
            self.s3.copy_object(
                Bucket=self.bucket, Key="d", CopySource={"Bucket": self.bucket, "Key": "absent"}
            )
        self.versioned()
        version = self.put("v", b"old")["VersionId"]
        self.put("v", b"new")
        copy = self.s3.copy_object(
            Bucket=self.bucket, Key="w", CopySource=dict(source, Key="v", VersionId=version)
        )
        self.assertEqual(copy["CopySourceVersionId"], version)
        self.assertEqual(self.body("w"), b"old")

    def test_tags(self):
        self.put("k", Tagging="a=1&b=2")
        where = dict(Bucket=self.bucket, Key="k")
        self.assertEqual(
            self.s3.get_object_tagging(**where)["TagSet"],
            [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        )
        self.assertEqual(self.get("k")["TagCount"], 2)
        self.s3.put_object_tagging(**where, Tagging={"TagSet": [{"Key": "c", "Value": ""}]})
        self.assertEqual(
            self.s3.get_object_tagging(**where)["TagSet"], [{"Key": "c", "Value": ""}]
        )
        self.s3.delete_object_tagging(**where)
        self.assertEqual(self.s3.get_object_tagging(**where)["TagSet"], [])
        self.assertNotIn("TagCount", self.get("k"))
        with self.refused("InvalidTag", 400):
            self.put("k", Tagging="aws:x=1")
        eleven = [{"Key": str(i), "Value": ""} for i in range(11)]
        with self.refused("BadRequest", 400):
            self.s3.put_object_tagging(**where, Tagging={"TagSet": eleven})

    def test_access_control_lists(self):
        self.put("k", ACL="bucket-owner-full-control")
        acl = self.s3.get_object_acl(Bucket=self.bucket, Key="k")
        self.assertEqual([it["Permission"] for it in acl["Grants"]], ["FULL_CONTROL"])
        self.assertEqual(acl["Grants"][0]["Grantee"]["ID"], acl["Owner"]["ID"])
        with self.refused("AccessControlListNotSupported", 400):
            self.put("k", ACL="public-read")
        with self.refused("NotImplemented", 501):
            self.s3.put_object_acl(Bucket=self.bucket, Key="k", ACL="private")

    def test_encryption(self):
        for size in [10, 100_000]:
            put = self.put(
                "k", pattern(size), ServerSideEncryption="aws:kms", SSEKMSKeyId=KMS_KEY,
                BucketKeyEnabled=True,
            )
            got = self.get("k")
            for answer in [put, got]:
                self.assertEqual(answer["ServerSideEncryption"], "aws:kms")
                self.assertEqual(answer["SSEKMSKeyId"], KMS_KEY)
                self.assertTrue(answer["BucketKeyEnabled"])
            self.assertEqual(got["Body"].read(), pattern(size))
        self.assertEqual(self.put("k", ServerSideEncryption="aws:kms")["SSEKMSKeyId"], KMS_KEY)
        with self.refused("KMS.DisabledException", 400):
            self.put("k", ServerSideEncryption="aws:kms", SSEKMSKeyId=KMS_DISABLED)
        with self.refused("KMS.NotFoundException", 400):
            self.put("k", ServerSideEncryption="aws:kms", SSEKMSKeyId="absent")
        with self.refused("InvalidArgument", 400):
            self.put("k", ServerSideEncryption="AES256", SSEKMSKeyId=KMS_KEY)
        self.s3.put_bucket_encryption(
            Bucket=self.bucket,
            ServerSideEncryptionConfiguration={"Rules": [{
                "ApplyServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KMS_KEY,
                },
            }]},
        )
        self.assertEqual(self.put("k")["ServerSideEncryption"], "aws:kms")
        self.assertEqual(self.put("k", ServerSideEncryption="AES256")["ServerSideEncryption"], "AES256")

    def test_refusals_by_name(self):
        for more, what in [
            (dict(SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32), "SSE-C"),
            (dict(StorageClass="GLACIER"), "GLACIER"),
            (dict(ServerSideEncryption="aws:kms:dsse"), "dsse"),
        ]:
            with self.refused("NotImplemented", 501) as caught:
                self.put("k", **more)
            self.assertIn(what, str(caught.exception))
        with self.refused("InvalidRequest", 400):
            self.put("k", ObjectLockLegalHoldStatus="ON")

    def test_presigned_urls(self):
        signer = client(signature_version="s3v4")
        url = signer.generate_presigned_url(
            "put_object", Params={"Bucket": self.bucket, "Key": "a b/c"}
        )
        request = urllib.request.Request(url, data=b"presigned", method="PUT")
        self.assertEqual(urllib.request.urlopen(request).status, 200)
        url = signer.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.bucket, "Key": "a b/c", "ResponseContentType": "x/y"},
        )
        answer = urllib.request.urlopen(url)
        self.assertEqual(answer.read(), b"presigned")
        self.assertEqual(answer.headers["Content-Type"], "x/y")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("/c?", "/d?"))
        self.assertEqual(caught.exception.code, 403)

    def test_virtual_hosts(self):
        resolve = socket.getaddrinfo
        local = lambda host, *more, **named: resolve(
            "127.0.0.1" if host.endswith(".localhost") else host, *more, **named
        )
        self.enterContext(unittest.mock.patch("socket.getaddrinfo", local))
        endpoint = os.environ["AWS_ENDPOINT_URL"].replace("127.0.0.1", "localhost")
        config = botocore.config.Config(s3={"addressing_style": "virtual"})
        other = boto3.client("s3", endpoint_url=endpoint, config=config)
        other.put_object(Bucket=self.bucket, Key="a/b c", Body=b"virtual")
        self.assertEqual(self.body("a/b c"), b"virtual")
        self.assertEqual([it["Key"] for it in other.list_objects_v2(Bucket=self.bucket)["Contents"]], ["a/b c"])


main()
