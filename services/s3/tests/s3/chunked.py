"""Chunked uploads with trailers, signed by the stock client's own signer.

The client sends them over TLS only; the test yard has none, so the request is put together here.
"""

import base64
import http.client
import os
import unittest
import urllib.parse
import zlib

import botocore.auth
import botocore.awsrequest
import botocore.credentials

from common import client, pattern

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
CREDENTIALS = botocore.credentials.Credentials(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
)


def upload(key, body, checksum, decoded=None, target=""):
    chunks = [body[at:at + 70_000] for at in range(0, len(body), 70_000)]
    wire = b"".join(b"%x\r\n%s\r\n" % (len(it), it) for it in chunks)
    wire += b"0\r\nx-amz-checksum-crc32:%s\r\n\r\n" % checksum.encode()
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Trailer": "x-amz-checksum-crc32",
        "X-Amz-Decoded-Content-Length": str(len(body) if decoded is None else decoded),
        "X-Amz-Sdk-Checksum-Algorithm": "CRC32",
    }
    request = botocore.awsrequest.AWSRequest("PUT", f"{ENDPOINT}/bucket/{key}{target}", headers)
    request.context["checksum"] = {"request_algorithm": {"in": "trailer", "algorithm": "crc32"}}
    botocore.auth.S3SigV4Auth(CREDENTIALS, "s3", "us-east-1").add_auth(request)
    assert request.headers["X-Amz-Content-SHA256"] == "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    connection = http.client.HTTPConnection(urllib.parse.urlparse(ENDPOINT).netloc)
    connection.request("PUT", f"/bucket/{key}{target}", wire, dict(request.headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def crc(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


class Chunked(unittest.TestCase):
    def test_what_fits_is_kept(self):
        for size in [0, 1, 70_000, 500_000]:
            body = pattern(size)
            status, text, headers = upload("k", body, crc(body))
            self.assertEqual(status, 200, text)
            self.assertEqual(headers["x-amz-checksum-crc32"], crc(body))
            got = client().get_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
            self.assertEqual(got["Body"].read(), body)
            self.assertEqual(got["ChecksumCRC32"], crc(body))
            self.assertNotIn("ContentEncoding", got)

    def test_what_does_not_fit_is_not(self):
        body = pattern(200_000)
        status, text, _ = upload("wrong", body, crc(b"other"))
        self.assertEqual((status, "BadDigest" in text), (400, True), text)
        status, text, _ = upload("wrong", body, crc(body), decoded=len(body) + 1)
        self.assertEqual(status, 400, text)
        status, text, _ = upload("wrong", body, "nonsense")
        self.assertEqual(status, 400, text)
        with self.assertRaises(client().exceptions.ClientError):
            client().head_object(Bucket="bucket", Key="wrong")

    def test_parts(self):
        s3, body = client(), pattern(100_000)
        upload_id = s3.create_multipart_upload(Bucket="bucket", Key="p")["UploadId"]
        status, text, headers = upload(
            "p", body, crc(body), target=f"?partNumber=1&uploadId={upload_id}"
        )
        self.assertEqual(status, 200, text)
        part = {"PartNumber": 1, "ETag": headers["etag"], "ChecksumCRC32": crc(body)}
        s3.complete_multipart_upload(
            Bucket="bucket", Key="p", UploadId=upload_id, MultipartUpload={"Parts": [part]}
        )
        self.assertEqual(s3.get_object(Bucket="bucket", Key="p")["Body"].read(), body)


unittest.main(verbosity=1)
