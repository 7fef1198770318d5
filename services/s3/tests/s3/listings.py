"""Listings, compared with what plain Python makes of the same keys."""

import random

from common import Case, main

KEYS = [
    "a", "a/", "a/b", "a/b/c", "a/b/d", "a/c", "ab", "b", "b/x/y/z", "b/x/y0", "c d/e f", "c+d/e",
    "käse/1", "käse/2", "z", "z/", "z//", "z//y", "~",
]


def expected(keys, prefix="", delimiter=""):
    """Keys and common prefixes in listing order."""
    entries = []
    for key in sorted(keys, key=str.encode):
        if not key.startswith(prefix):
            continue
        at = key.find(delimiter, len(prefix)) if delimiter else -1
        entry = key if at < 0 else key[: at + len(delimiter)]
        kind = "key" if at < 0 else "prefix"
        if (kind, entry) not in entries:
            entries.append((kind, entry))
    return entries


def entries(page):
    keys = [("key", it["Key"]) for it in page.get("Contents", [])]
    prefixes = [("prefix", it["Prefix"]) for it in page.get("CommonPrefixes", [])]
    return sorted(keys + prefixes, key=lambda it: it[1].encode())


class Listings(Case):
    def setUp(self):
        super().setUp()
        for key in KEYS:
            self.put(key)

    def test_every_filter_and_page_size(self):
        for prefix in ["", "a", "a/", "b/", "z/", "kä", "nothing"]:
            for delimiter in ["", "/", "b", "//"]:
                wanted = expected(KEYS, prefix, delimiter)
                for size in [1, 2, 3, 7, 1000]:
                    for operation in ["list_objects", "list_objects_v2"]:
                        pages = self.s3.get_paginator(operation).paginate(
                            Bucket=self.bucket, Prefix=prefix, Delimiter=delimiter,
                            PaginationConfig={"PageSize": size},
                        )
                        found = []
                        for page in pages:
                            got = entries(page)
                            self.assertLessEqual(len(got), size)
                            self.assertEqual(page["MaxKeys"], size)
                            if operation == "list_objects_v2":
                                self.assertEqual(page["KeyCount"], len(got))
                            found += got
                        self.assertEqual(found, wanted, (operation, prefix, delimiter, size))

    def test_starts(self):
        for start in ["", "a", "a/b", "a/zzz", "b/", "~", "zz", "kä"]:
            page = self.s3.list_objects_v2(Bucket=self.bucket, StartAfter=start)
            wanted = [it for it in expected(KEYS) if it[1].encode() > start.encode()]
            self.assertEqual(entries(page), wanted, start)
            if start:
                self.assertEqual(page["StartAfter"], start)
        page = self.s3.list_objects(Bucket=self.bucket, Marker="a/b")
        self.assertEqual(page["Marker"], "a/b")
        page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=0)
        self.assertEqual((page["KeyCount"], page["IsTruncated"]), (0, False))
        page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=5000)
        self.assertEqual(page["MaxKeys"], 1000)

    def test_bad_input(self):
        with self.refused("InvalidArgument", 400):
            self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=-1)
        with self.refused("InvalidArgument", 400):
            self.s3.list_objects_v2(Bucket=self.bucket, ContinuationToken="nonsense")
        with self.refused("InvalidArgument", 400):
            self.s3.list_objects_v2(Bucket=self.bucket, EncodingType="utf-8")
        with self.refused("NoSuchBucket", 404):
            self.s3.list_objects_v2(Bucket=self.bucket + "x")

    def test_owners(self):
        page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=1)
        self.assertNotIn("Owner", page["Contents"][0])
        page = self.s3.list_objects_v2(Bucket=self.bucket, MaxKeys=1, FetchOwner=True)
        self.assertEqual(len(page["Contents"][0]["Owner"]["ID"]), 64)
        page = self.s3.list_objects(Bucket=self.bucket, MaxKeys=1)
        self.assertIn("Owner", page["Contents"][0])

    def test_versions(self):
        self.versioned()
        random.seed(7)
        history = {key: [("version", "null")] for key in KEYS}
        for _ in range(60):
            key = random.choice(KEYS)
            if random.random() < 0.3:
                version = self.s3.delete_object(Bucket=self.bucket, Key=key)["VersionId"]
                history[key].insert(0, ("marker", version))
            else:
                history[key].insert(0, ("version", self.put(key)["VersionId"]))
        wanted = [
            (key, version, at == 0, kind)
            for key in sorted(KEYS, key=str.encode)
            for at, (kind, version) in enumerate(history[key])
        ]
        for size in [1, 5, 7, 1000]:
            found = []
            for page in self.s3.get_paginator("list_object_versions").paginate(
                Bucket=self.bucket, PaginationConfig={"PageSize": size}
            ):
                got = [(it["Key"], it["VersionId"], it["IsLatest"], "version")
                       for it in page.get("Versions", [])]
                got += [(it["Key"], it["VersionId"], it["IsLatest"], "marker")
                        for it in page.get("DeleteMarkers", [])]
                self.assertLessEqual(len(got), size)
                place = {it: at for at, it in enumerate(wanted)}
                found += sorted(got, key=place.get)
            self.assertEqual(found, wanted, size)
        page = self.s3.list_object_versions(Bucket=self.bucket, Prefix="a/", Delimiter="/")
        self.assertEqual([it["Prefix"] for it in page["CommonPrefixes"]], ["a/b/"])
        alive = [key for key in KEYS if history[key][0][0] == "version"]
        for delimiter in ["", "/"]:
            page = self.s3.list_objects_v2(Bucket=self.bucket, Delimiter=delimiter)
            self.assertEqual(entries(page), expected(alive, "", delimiter))
        with self.refused("InvalidArgument", 400):
            self.s3.list_object_versions(Bucket=self.bucket, VersionIdMarker="null")


main()
