"""Buckets and their settings."""

import json
import uuid

from common import Case, client, main


class Buckets(Case):
    def test_made_found_listed_and_deleted(self):
        self.s3.create_bucket(Bucket=self.bucket)
        head = self.s3.head_bucket(Bucket=self.bucket)
        self.assertEqual(head["BucketRegion"], "us-east-1")
        self.assertIn(self.bucket, [it["Name"] for it in self.s3.list_buckets()["Buckets"]])
        self.put("k")
        with self.refused("BucketNotEmpty", 409):
            self.s3.delete_bucket(Bucket=self.bucket)
        self.s3.delete_object(Bucket=self.bucket, Key="k")
        self.s3.create_multipart_upload(Bucket=self.bucket, Key="open")
        self.s3.delete_bucket(Bucket=self.bucket)
        with self.refused("404", 404):
            self.s3.head_bucket(Bucket=self.bucket)
        with self.refused("NoSuchBucket", 404):
            self.s3.delete_bucket(Bucket=self.bucket)
        self.s3.create_bucket(Bucket=self.bucket)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket=self.bucket))

    def test_a_bucket_of_versions_is_not_empty(self):
        self.versioned()
        self.put("k")
        self.s3.delete_object(Bucket=self.bucket, Key="k")
        with self.refused("BucketNotEmpty", 409):
            self.s3.delete_bucket(Bucket=self.bucket)

    def test_names(self):
        for name in ["ab", "Abc", "a_b", "192.168.0.1", "a..b", "xn--a"]:
            with self.refused("InvalidBucketName", 400):
                self.s3.create_bucket(Bucket=name)

    def test_places(self):
        name = "t-" + uuid.uuid4().hex
        self.s3.create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        where = self.s3.get_bucket_location(Bucket=name)["LocationConstraint"]
        self.assertEqual(where, "eu-central-1")
        self.assertIsNone(self.s3.get_bucket_location(Bucket=self.bucket)["LocationConstraint"])
        self.assertEqual(self.s3.head_bucket(Bucket=name)["BucketRegion"], "eu-central-1")
        there = [it["Name"] for it in self.s3.list_buckets(BucketRegion="eu-central-1")["Buckets"]]
        self.assertEqual(there, [name])
        with self.refused("BucketAlreadyOwnedByYou", 409):
            there = client(region_name="eu-central-1")
            there.create_bucket(
                Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
            )
        other = client(region_name="eu-west-1")
        with self.refused("IllegalLocationConstraintException", 400):
            other.create_bucket(Bucket=name + "x")

    def test_pages_of_buckets(self):
        stem = "p-" + uuid.uuid4().hex[:10]
        names = [f"{stem}-{i}" for i in range(5)]
        for name in names:
            self.s3.create_bucket(Bucket=name)
        pages = self.s3.get_paginator("list_buckets").paginate(
            Prefix=stem, PaginationConfig={"PageSize": 2}
        )
        pages = [[it["Name"] for it in page["Buckets"]] for page in pages]
        self.assertEqual(pages, [names[:2], names[2:4], names[4:]])

    def test_versioning(self):
        self.assertNotIn("Status", self.s3.get_bucket_versioning(Bucket=self.bucket))
        for status in ["Enabled", "Suspended"]:
            self.versioned(status)
            self.assertEqual(self.s3.get_bucket_versioning(Bucket=self.bucket)["Status"], status)
        with self.refused("MalformedXML", 400):
            self.versioned("On")

    def test_encryption(self):
        def algorithm():
            rules = self.s3.get_bucket_encryption(Bucket=self.bucket)
            rule = rules["ServerSideEncryptionConfiguration"]["Rules"][0]
            return rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]

        self.assertEqual(algorithm(), "AES256")
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
        self.s3.put_bucket_encryption(
            Bucket=self.bucket, ServerSideEncryptionConfiguration={"Rules": [rule]}
        )
        self.assertEqual(algorithm(), "aws:kms")
        self.s3.delete_bucket_encryption(Bucket=self.bucket)
        self.assertEqual(algorithm(), "AES256")

    def test_tags(self):
        with self.refused("NoSuchTagSet", 404):
            self.s3.get_bucket_tagging(Bucket=self.bucket)
        tags = [{"Key": "a", "Value": "1"}]
        self.s3.put_bucket_tagging(Bucket=self.bucket, Tagging={"TagSet": tags})
        self.assertEqual(self.s3.get_bucket_tagging(Bucket=self.bucket)["TagSet"], tags)
        self.s3.delete_bucket_tagging(Bucket=self.bucket)
        with self.refused("NoSuchTagSet", 404):
            self.s3.get_bucket_tagging(Bucket=self.bucket)

    def policy(self, principal):
        statement = {
            "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{self.bucket}/*",
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def test_policies_and_public_access(self):
        with self.refused("NoSuchBucketPolicy", 404):
            self.s3.get_bucket_policy(Bucket=self.bucket)
        narrow = self.policy({"AWS": "arn:aws:iam::123456789012:user/eve"})
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=narrow)
        self.assertEqual(self.s3.get_bucket_policy(Bucket=self.bucket)["Policy"], narrow)
        status = self.s3.get_bucket_policy_status(Bucket=self.bucket)["PolicyStatus"]
        self.assertFalse(status["IsPublic"])
        with self.refused("AccessDenied", 403):
            self.s3.put_bucket_policy(Bucket=self.bucket, Policy=self.policy("*"))
        block = self.s3.get_public_access_block(Bucket=self.bucket)
        block = block["PublicAccessBlockConfiguration"]
        self.assertTrue(all(block.values()) and len(block) == 4)
        self.s3.put_public_access_block(
            Bucket=self.bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
        )
        block = self.s3.get_public_access_block(Bucket=self.bucket)
        self.assertEqual(sum(block["PublicAccessBlockConfiguration"].values()), 1)
        self.s3.delete_public_access_block(Bucket=self.bucket)
        with self.refused("NoSuchPublicAccessBlockConfiguration", 404):
            self.s3.get_public_access_block(Bucket=self.bucket)
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=self.policy("*"))
        status = self.s3.get_bucket_policy_status(Bucket=self.bucket)["PolicyStatus"]
        self.assertTrue(status["IsPublic"])
        for bad in ["{", "{}", narrow.replace(self.bucket, "other"), narrow.replace("s3:", "ec2:")]:
            with self.refused("MalformedPolicy", 400):
                self.s3.put_bucket_policy(Bucket=self.bucket, Policy=bad)
        self.s3.delete_bucket_policy(Bucket=self.bucket)
        with self.refused("NoSuchBucketPolicy", 404):
            self.s3.get_bucket_policy(Bucket=self.bucket)

    def test_notifications(self):
        def configured():
            answer = self.s3.get_bucket_notification_configuration(Bucket=self.bucket)
            return "EventBridgeConfiguration" in answer

        def put(configuration):
            self.s3.put_bucket_notification_configuration(
                Bucket=self.bucket, NotificationConfiguration=configuration
            )

        self.assertFalse(configured())
        put({"EventBridgeConfiguration": {}})
        self.assertTrue(configured())
        put({})
        self.assertFalse(configured())
        topic = {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Events": ["s3:ObjectCreated:*"]}
        with self.refused("NotImplemented", 501):
            put({"TopicConfigurations": [topic]})

    def test_what_was_never_configured(self):
        for call, code in [
            (self.s3.get_bucket_lifecycle_configuration, "NoSuchLifecycleConfiguration"),
            (self.s3.get_bucket_cors, "NoSuchCORSConfiguration"),
            (self.s3.get_bucket_website, "NoSuchWebsiteConfiguration"),
            (self.s3.get_bucket_replication, "ReplicationConfigurationNotFoundError"),
            (self.s3.get_object_lock_configuration, "ObjectLockConfigurationNotFoundError"),
        ]:
            with self.refused(code, 404):
                call(Bucket=self.bucket)
        self.assertNotIn("LoggingEnabled", self.s3.get_bucket_logging(Bucket=self.bucket))
        accelerate = self.s3.get_bucket_accelerate_configuration(Bucket=self.bucket)
        self.assertNotIn("Status", accelerate)
        self.assertEqual(
            self.s3.get_bucket_request_payment(Bucket=self.bucket)["Payer"], "BucketOwner"
        )
        rules = self.s3.get_bucket_ownership_controls(Bucket=self.bucket)
        rules = rules["OwnershipControls"]["Rules"]
        self.assertEqual(rules, [{"ObjectOwnership": "BucketOwnerEnforced"}])
        acl = self.s3.get_bucket_acl(Bucket=self.bucket)
        self.assertEqual(acl["Grants"][0]["Grantee"]["Type"], "CanonicalUser")

    def test_what_is_refused_by_name(self):
        lifecycle = {"Rules": [{"ID": "r", "Status": "Enabled", "Prefix": "", "Expiration": {"Days": 1}}]}
        cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
        for name, call in {
            "PutBucketLifecycleConfiguration": lambda: self.s3.put_bucket_lifecycle_configuration(
                Bucket=self.bucket, LifecycleConfiguration=lifecycle),
            "PutBucketCors": lambda: self.s3.put_bucket_cors(
                Bucket=self.bucket, CORSConfiguration=cors),
            "PutBucketLogging": lambda: self.s3.put_bucket_logging(
                Bucket=self.bucket, BucketLoggingStatus={}),
            "PutBucketWebsite": lambda: self.s3.put_bucket_website(
                Bucket=self.bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "i"}}),
            "ListBucketInventoryConfigurations": lambda:
                self.s3.list_bucket_inventory_configurations(Bucket=self.bucket),
            "GetObjectLegalHold": lambda: self.s3.get_object_legal_hold(
                Bucket=self.bucket, Key="k"),
            "RestoreObject": lambda: self.s3.restore_object(Bucket=self.bucket, Key="k"),
        }.items():
            with self.refused("NotImplemented", 501) as caught:
                call()
            self.assertIn(name, str(caught.exception))

    def test_expected_owner(self):
        self.s3.head_bucket(Bucket=self.bucket, ExpectedBucketOwner="123456789012")
        with self.refused("AccessDenied", 403):
            self.s3.list_objects_v2(Bucket=self.bucket, ExpectedBucketOwner="999999999999")


main()
