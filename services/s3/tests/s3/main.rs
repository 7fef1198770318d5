//! S3 as its clients see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod authorization;
mod crash;
mod fake_kms;
mod raw;
mod stock;

use testkit::TestYard;

/// A yard with S3, and a KMS that is just enough for it.
async fn yard() -> TestYard {
    let kms = fake_kms::FakeKms;
    TestYard::builder(vec![codeyard_svc_s3::service(), kms.service()])
        .keyring({
            let kms = kms.clone();
            move |_, master| std::sync::Arc::new(kms.keyring(master))
        })
        .start()
        .await
}

/// Sends one request as root.
async fn send(
    yard: &TestYard,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> testkit::Answer {
    yard.send(Some(&yard.root()), "s3", method, target, headers, body.to_vec()).await
}
