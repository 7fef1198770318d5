"""The AWS command line: s3 and s3api."""

import json
import pathlib
import subprocess
import unittest
import urllib.request
import uuid

from common import pattern


def aws(*arguments, check=True, **more):
    done = subprocess.run(["aws", *arguments], capture_output=True, text=True, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr}{done.stdout}")
    return done


class CommandLine(unittest.TestCase):
    def test_the_life_of_a_bucket(self):
        bucket = "cli-" + uuid.uuid4().hex[:12]
        aws("s3", "mb", f"s3://{bucket}")
        self.assertIn(bucket, aws("s3", "ls").stdout)
        small, large = pathlib.Path("small.txt"), pathlib.Path("large.bin")
        small.write_bytes(b"small")
        large.write_bytes(pattern(20 << 20))
        aws("s3", "cp", "small.txt", f"s3://{bucket}/dir/small.txt")
        aws("s3", "cp", "large.bin", f"s3://{bucket}/large.bin")
        self.assertIn("PRE dir/", aws("s3", "ls", f"s3://{bucket}").stdout)
        self.assertIn("20971520 large.bin", aws("s3", "ls", f"s3://{bucket}/").stdout)
        aws("s3", "cp", f"s3://{bucket}/large.bin", "back.bin")
        self.assertEqual(pathlib.Path("back.bin").read_bytes(), large.read_bytes())
        said = aws("s3", "cp", f"s3://{bucket}/dir/small.txt", "-").stdout
        self.assertEqual(said, "small")
        aws("s3", "cp", f"s3://{bucket}/large.bin", f"s3://{bucket}/copy.bin")
        aws("s3", "mv", f"s3://{bucket}/copy.bin", f"s3://{bucket}/moved.bin")

        tree = pathlib.Path("tree")
        for at in range(25):
            path = tree / f"d{at % 3}" / f"käse {at}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"file {at}")
        aws("s3", "sync", "tree", f"s3://{bucket}/tree")
        self.assertEqual(aws("s3", "sync", "tree", f"s3://{bucket}/tree").stdout, "")
        (tree / "d0" / "käse 0.txt").unlink()
        done = aws("s3", "sync", "tree", f"s3://{bucket}/tree", "--delete").stdout
        self.assertEqual(done.count("delete:"), 1)
        aws("s3", "sync", f"s3://{bucket}/tree", "restored")
        restored = sorted(str(it.relative_to("restored")) for it in pathlib.Path("restored").rglob("*.txt"))
        self.assertEqual(restored, sorted(str(it.relative_to(tree)) for it in tree.rglob("*.txt")))

        url = aws("s3", "presign", f"s3://{bucket}/dir/small.txt").stdout.strip()
        self.assertEqual(urllib.request.urlopen(url).read(), b"small")

        refused = aws("s3", "rb", f"s3://{bucket}", check=False)
        self.assertIn("BucketNotEmpty", refused.stderr)
        aws("s3", "rm", "--recursive", f"s3://{bucket}/tree")
        aws("s3", "rb", "--force", f"s3://{bucket}")
        self.assertNotIn(bucket, aws("s3", "ls").stdout)

    def test_s3api(self):
        bucket = "api-" + uuid.uuid4().hex[:12]
        run = lambda *it: json.loads(aws("s3api", *it, "--output", "json").stdout or "null")
        run("create-bucket", "--bucket", bucket)
        pathlib.Path("body").write_bytes(b"hello")
        put = run("put-object", "--bucket", bucket, "--key", "k", "--body", "body",
                  "--metadata", "a=b", "--checksum-algorithm", "SHA256")
        self.assertEqual(put["ETag"], '"5d41402abc4b2a76b9719d911017c592"')
        head = run("head-object", "--bucket", bucket, "--key", "k")
        self.assertEqual(head["Metadata"], {"a": "b"})
        run("put-object-tagging", "--bucket", bucket, "--key", "k",
            "--tagging", "TagSet=[{Key=x,Value=y}]")
        tags = run("get-object-tagging", "--bucket", bucket, "--key", "k")
        self.assertEqual(tags["TagSet"], [{"Key": "x", "Value": "y"}])
        run("delete-object", "--bucket", bucket, "--key", "k")
        self.assertNotIn("Contents", run("list-objects-v2", "--bucket", bucket))
        gone = aws("s3api", "head-object", "--bucket", bucket, "--key", "k", check=False)
        self.assertIn("(404)", gone.stderr)


unittest.main(verbosity=1)
