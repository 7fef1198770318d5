"""Uploads in parts."""

import base64
import hashlib
import zlib

from common import KMS_KEY, Case, main, pattern

MIN = 5 << 20


class Multipart(Case):
    def begin(self, key="k", **more):
        return self.s3.create_multipart_upload(Bucket=self.bucket, Key=key, **more)["UploadId"]

    def part(self, upload, number, body, key="k", **more):
        answer = self.s3.upload_part(
            Bucket=self.bucket, Key=key, UploadId=upload, PartNumber=number, Body=body, **more
        )
        sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
        return {"PartNumber": number, "ETag": answer["ETag"], **sums}

    def complete(self, upload, parts, key="k", **more):
        return self.s3.complete_multipart_upload(
            Bucket=self.bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **more
        )

    def test_an_object_of_parts(self):
        body = pattern(MIN + 10)
        upload = self.begin(Metadata={"m": "1"}, ContentType="a/b", Tagging="t=1")
        parts = [self.part(upload, 2, body), self.part(upload, 7, b"tail")]
        with self.refused("NoSuchKey", 404):
            self.get("k")
        answer = self.complete(upload, parts)
        digest = hashlib.md5(hashlib.md5(body).digest() + hashlib.md5(b"tail").digest())
        self.assertEqual(answer["ETag"], f'"{digest.hexdigest()}-2"')
        self.assertIn(f"/{self.bucket}/k", answer["Location"])
        got = self.get("k")
        self.assertEqual(got["Body"].read(), body + b"tail")
        self.assertEqual((got["Metadata"], got["ContentType"], got["TagCount"]), ({"m": "1"}, "a/b", 1))
        self.assertEqual(self.body("k", Range=f"bytes={MIN + 8}-{MIN + 11}"), body[-2:] + b"ta")
        second = self.get("k", PartNumber=2)
        self.assertEqual(second["Body"].read(), b"tail")
        self.assertEqual((second["PartsCount"], second["ContentRange"]),
                         (2, f"bytes {MIN + 10}-{MIN + 13}/{MIN + 14}"))
        with self.refused("InvalidPartNumber", 416):
            self.get("k", PartNumber=3)
        with self.refused("NoSuchUpload", 404):
            self.complete(upload, parts)
        with self.refused("NoSuchUpload", 404):
            self.part(upload, 1, b"late")
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket=self.bucket))
        self.s3.copy_object(Bucket=self.bucket, Key="copy", CopySource=f"{self.bucket}/k")
        self.assertEqual(self.get("copy")["ETag"], f'"{hashlib.md5(body + b"tail").hexdigest()}"')

    def test_parts_are_checked(self):
        upload = self.begin()
        one, two = self.part(upload, 1, b"small"), self.part(upload, 2, b"tail")
        with self.refused("EntityTooSmall", 400):
            self.complete(upload, [one, two])
        with self.refused("InvalidPartOrder", 400):
            self.complete(upload, [two, one])
        with self.refused("InvalidPart", 400):
            self.complete(upload, [dict(one, PartNumber=3)])
        with self.refused("InvalidPart", 400):
            self.complete(upload, [dict(one, ETag='"x"')])
        with self.refused("MalformedXML", 400):
            self.complete(upload, [])
        with self.refused("InvalidRequest", 400):
            self.complete(upload, [one], MpuObjectSize=6)
        for number in [0, 10_001]:
            with self.refused("InvalidArgument", 400):
                self.part(upload, number, b"x")
        again = self.part(upload, 1, b"again")
        with self.refused("InvalidPart", 400):
            self.complete(upload, [one])
        self.complete(upload, [again], MpuObjectSize=5)
        self.assertEqual(self.body("k"), b"again")

    def test_conditions(self):
        self.put("k")
        upload = self.begin()
        part = self.part(upload, 1, b"x")
        with self.refused("PreconditionFailed", 412):
            self.complete(upload, [part], IfNoneMatch="*")
        self.complete(upload, [part], IfMatch=self.get("k")["ETag"])

    def test_aborting(self):
        upload = self.begin()
        self.part(upload, 1, b"x")
        self.s3.abort_multipart_upload(Bucket=self.bucket, Key="k", UploadId=upload)
        with self.refused("NoSuchUpload", 404):
            self.s3.list_parts(Bucket=self.bucket, Key="k", UploadId=upload)
        with self.refused("NoSuchUpload", 404):
            self.s3.abort_multipart_upload(Bucket=self.bucket, Key="k", UploadId=upload)
        with self.refused("NoSuchUpload", 404):
            self.part("nonsense", 1, b"x")

    def test_listing_parts(self):
        upload = self.begin()
        for number in [1, 2, 3, 5, 10_000]:
            self.part(upload, number, b"x" * number)
        pages = self.s3.get_paginator("list_parts").paginate(
            Bucket=self.bucket, Key="k", UploadId=upload, PaginationConfig={"PageSize": 2}
        )
        pages = [[(it["PartNumber"], it["Size"]) for it in page["Parts"]] for page in pages]
        self.assertEqual(pages, [[(1, 1), (2, 2)], [(3, 3), (5, 5)], [(10_000, 10_000)]])

    def test_listing_uploads(self):
        keys = ["a/1", "a/1", "a/2", "b", "b", "c/x/y"]
        uploads = [(key, self.begin(key)) for key in keys]
        wanted = sorted(uploads)
        for size in [1, 2, 3, 1000]:
            pages = self.s3.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket, PaginationConfig={"PageSize": size}
            )
            found = [(it["Key"], it["UploadId"]) for page in pages for it in page["Uploads"]]
            self.assertEqual(found, wanted, size)
        page = self.s3.list_multipart_uploads(Bucket=self.bucket, Delimiter="/")
        self.assertEqual([it["Prefix"] for it in page["CommonPrefixes"]], ["a/", "c/"])
        self.assertEqual([it["Key"] for it in page["Uploads"]], ["b", "b"])
        page = self.s3.list_multipart_uploads(Bucket=self.bucket, Prefix="a/")
        self.assertEqual(len(page["Uploads"]), 3)

    def test_copying_parts(self):
        body = pattern(MIN + 100)
        self.put("source", body)
        upload = self.begin()
        parts = []
        for number, span in [(1, f"bytes=0-{MIN - 1}"), (2, f"bytes={MIN}-{MIN + 99}")]:
            answer = self.s3.upload_part_copy(
                Bucket=self.bucket, Key="k", UploadId=upload, PartNumber=number,
                CopySource=f"{self.bucket}/source", CopySourceRange=span,
            )
            parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
        self.complete(upload, parts)
        self.assertEqual(self.body("k"), body)
        upload = self.begin()
        with self.refused("InvalidArgument", 400):
            self.s3.upload_part_copy(
                Bucket=self.bucket, Key="k", UploadId=upload, PartNumber=1,
                CopySource=f"{self.bucket}/source", CopySourceRange=f"bytes=0-{len(body)}",
            )

    def test_checksums(self):
        body, tail = pattern(MIN), b"tail"
        # The sum of the sums, as S3 has it where a client names the algorithm.
        for algorithm, digest in [
            ("SHA256", lambda it: hashlib.sha256(it).digest()),
            ("CRC32", lambda it: zlib.crc32(it).to_bytes(4, "big")),
        ]:
            name = "Checksum" + algorithm
            upload = self.begin(ChecksumAlgorithm=algorithm)
            parts = [self.part(upload, 1, body, ChecksumAlgorithm=algorithm),
                     self.part(upload, 2, tail, ChecksumAlgorithm=algorithm)]
            self.assertEqual(parts[0][name], base64.b64encode(digest(body)).decode())
            wrong = [dict(parts[0], **{name: parts[1][name]}), parts[1]]
            with self.refused("InvalidPart", 400):
                self.complete(upload, wrong)
            answer = self.complete(upload, parts)
            whole = base64.b64encode(digest(digest(body) + digest(tail))).decode() + "-2"
            self.assertEqual((answer[name], answer["ChecksumType"]), (whole, "COMPOSITE"))
            got = self.s3.head_object(Bucket=self.bucket, Key="k", ChecksumMode="ENABLED")
            self.assertEqual(got[name], whole)
            attributes = self.s3.get_object_attributes(
                Bucket=self.bucket, Key="k", ObjectAttributes=["ObjectParts", "Checksum"]
            )
            self.assertEqual(attributes["ObjectParts"]["TotalPartsCount"], 2)
            sums = [it[name] for it in attributes["ObjectParts"]["Parts"]]
            self.assertEqual(sums, [it[name] for it in parts])
        # The sum of all bytes.
        upload = self.begin(ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
        parts = [self.part(upload, 1, body), self.part(upload, 2, tail)]
        whole = base64.b64encode(zlib.crc32(body + tail).to_bytes(4, "big")).decode()
        with self.refused("BadDigest", 400):
            self.complete(upload, parts, ChecksumCRC32="AAAAAA==", ChecksumType="FULL_OBJECT")
        answer = self.complete(upload, parts, ChecksumCRC32=whole, ChecksumType="FULL_OBJECT")
        self.assertEqual((answer["ChecksumCRC32"], answer["ChecksumType"]), (whole, "FULL_OBJECT"))
        self.assertEqual(self.body("k"), body + tail)
        with self.refused("InvalidRequest", 400):
            self.begin(ChecksumAlgorithm="SHA256", ChecksumType="FULL_OBJECT")

    def test_encryption(self):
        upload = self.begin(ServerSideEncryption="aws:kms", SSEKMSKeyId=KMS_KEY)
        part = self.part(upload, 1, b"sealed")
        answer = self.complete(upload, [part])
        self.assertEqual(answer["SSEKMSKeyId"], KMS_KEY)
        self.assertEqual(self.body("k"), b"sealed")

    def test_the_transfer_manager(self):
        import io

        body = pattern(20 << 20)
        self.s3.upload_fileobj(io.BytesIO(body), self.bucket, "k")
        self.assertTrue(self.get("k")["ETag"].endswith('-3"'))
        target = io.BytesIO()
        self.s3.download_fileobj(self.bucket, "k", target)
        self.assertEqual(target.getvalue(), body)


main()
