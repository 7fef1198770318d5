//! SSH public keys: their forms, limits and errors.

use crate::*;

/// A key of 2048 bits, made with ssh-keygen.
const KEY: &str = include_str!("rsa_2048.pub");
/// The same as `ssh-keygen -e -m PKCS8` writes it.
const PEM: &str = include_str!("rsa_2048.pem");
/// `ssh-keygen -l -E md5` of it.
const FINGERPRINT: &str = include_str!("rsa_2048.md5");

/// Another key of as many bits: what differs is one byte of the modulus.
fn other(number: u8) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut blob = base64.decode(KEY.split(' ').nth(1).unwrap()).unwrap();
    let middle = blob.len() / 2;
    blob[middle] = number;
    format!("ssh-rsa {}", base64.encode(blob))
}

async fn upload(iam: &Iam, user: &str, body: &str) -> Answer {
    iam.iam("UploadSSHPublicKey", &[("UserName", user), ("SSHPublicKeyBody", body)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_lives_as_in_aws() {
    let iam = Iam::start().await;
    iam.iam("CreateUser", &[("UserName", "ann")]).await.ok();
    let made = upload(&iam, "ann", KEY).await.ok();
    let id = made.get("SSHPublicKeyId").to_owned();
    assert!(id.starts_with("APKA") && id.len() == 20, "{id}");
    assert_eq!(made.get("Status"), "Active");
    assert_eq!(made.get("Fingerprint"), FINGERPRINT.trim());
    let get = |encoding| [("UserName", "ann"), ("SSHPublicKeyId", &id), ("Encoding", encoding)];
    let shown = iam.iam("GetSSHPublicKey", &get("SSH")).await.ok();
    let words: Vec<&str> = KEY.split(' ').take(2).collect();
    assert_eq!(shown.get("SSHPublicKeyBody"), words.join(" "), "without the comment");
    let shown = iam.iam("GetSSHPublicKey", &get("PEM")).await.ok();
    assert_eq!(shown.get("SSHPublicKeyBody"), PEM.trim());
    iam.iam("GetSSHPublicKey", &get("DER")).await.fails(400, "ValidationError", "encoding");

    let set = |status| [("UserName", "ann"), ("SSHPublicKeyId", &id), ("Status", status)];
    iam.iam("UpdateSSHPublicKey", &set("Inactive")).await.ok();
    iam.iam("UpdateSSHPublicKey", &set("Expired")).await.fails(400, "InvalidInput", "Active");
    let listed = iam.iam("ListSSHPublicKeys", &[("UserName", "ann")]).await.ok();
    assert_eq!((listed.get("SSHPublicKeyId"), listed.get("Status")), (&*id, "Inactive"));
    let user = [("UserName", "ann")];
    iam.iam("DeleteUser", &user).await.fails(409, "DeleteConflict", "SSH public keys");
    let key = [("UserName", "ann"), ("SSHPublicKeyId", &*id)];
    iam.iam("DeleteSSHPublicKey", &key).await.ok();
    iam.iam("DeleteSSHPublicKey", &key).await.fails(404, "NoSuchEntity", &id);
    iam.iam("GetSSHPublicKey", &get("SSH")).await.fails(404, "NoSuchEntity", &id);
    iam.iam("UpdateSSHPublicKey", &set("Active")).await.fails(404, "NoSuchEntity", &id);
    iam.iam("DeleteUser", &user).await.ok();
    iam.iam("ListSSHPublicKeys", &user).await.fails(404, "NoSuchEntity", "ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_or_one_too_many_is_refused() {
    let iam = Iam::start().await;
    iam.iam("CreateUser", &[("UserName", "ann")]).await.ok();
    iam.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    let ed25519 =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEdX3yFyeFfvoVMLgWRV8zpd2yyVXfNqIZ1NFEFvhX1F";
    let refused = upload(&iam, "ann", ed25519).await;
    refused.fails(400, "UnrecognizedPublicKeyEncoding", "RSA");
    upload(&iam, "ann", "ssh-rsa AAAA").await.fails(400, "InvalidPublicKey", "not valid");
    let private = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----";
    upload(&iam, "ann", private).await.fails(400, "InvalidPublicKey", "private key");
    upload(&iam, "eve", KEY).await.fails(404, "NoSuchEntity", "eve");

    upload(&iam, "ann", KEY).await.ok();
    upload(&iam, "ann", PEM).await.fails(400, "DuplicateSSHPublicKey", "ann");
    upload(&iam, "bob", KEY).await.ok();
    for number in 1..5 {
        upload(&iam, "ann", &other(number)).await.ok();
    }
    upload(&iam, "ann", &other(9)).await.fails(409, "LimitExceeded", "SSHPublicKeysPerUser: 5");
    let page = [("UserName", "ann"), ("MaxItems", "3")];
    let listed = iam.iam("ListSSHPublicKeys", &page).await.ok();
    assert_eq!((listed.all("SSHPublicKeyId").len(), listed.get("IsTruncated")), (3, "true"));
    let page = [("UserName", "ann"), ("Marker", listed.get("Marker"))];
    let listed = iam.iam("ListSSHPublicKeys", &page).await.ok();
    assert_eq!((listed.all("SSHPublicKeyId").len(), listed.get("IsTruncated")), (2, "false"));
}

#[tokio::test(flavor = "multi_thread")]
async fn users_keep_their_own_keys_where_policies_let_them() {
    let iam = Iam::start().await;
    let own = format!(
        r#"{{"Effect":"Allow","Action":"iam:*SSHPublicKey*","Resource":"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"}}"#
    );
    let ann = iam.user("ann", &own).await;
    iam.iam("CreateUser", &[("UserName", "bob")]).await.ok();
    let upload = |user| [("UserName", user), ("SSHPublicKeyBody", KEY)];
    iam.call(&ann, "iam", "UploadSSHPublicKey", &upload("ann")).await.ok();
    let refused = iam.call(&ann, "iam", "UploadSSHPublicKey", &upload("bob")).await;
    refused.fails(403, "AccessDenied", "iam:UploadSSHPublicKey");
    let listed = iam.call(&ann, "iam", "ListSSHPublicKeys", &[]).await.ok();
    assert_eq!(listed.get("UserName"), "ann");
}
