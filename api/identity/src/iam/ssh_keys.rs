//! SSH public keys of users.

use shape::{Shape, Timestamp};

use super::StatusType;

shape::string_enum! {
    /// How a public key is written down.
    pub enum EncodingType { Ssh = "SSH", Pem = "PEM" }
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SSHPublicKey {
    pub user_name: String,
    #[shape(name = "SSHPublicKeyId")]
    pub ssh_public_key_id: String,
    pub fingerprint: String,
    #[shape(name = "SSHPublicKeyBody")]
    pub ssh_public_key_body: String,
    pub status: StatusType,
    pub upload_date: Option<Timestamp>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SSHPublicKeyMetadata {
    pub user_name: String,
    #[shape(name = "SSHPublicKeyId")]
    pub ssh_public_key_id: String,
    pub status: StatusType,
    pub upload_date: Timestamp,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UploadSSHPublicKeyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(
        required,
        name = "SSHPublicKeyBody",
        min = 1,
        max = 16384,
        pattern = r"[\x09\x0A\x0D\x20-\xFF]+"
    )]
    pub ssh_public_key_body: String,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct SSHPublicKeyOutput {
    #[shape(name = "SSHPublicKey")]
    pub ssh_public_key: Option<SSHPublicKey>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct GetSSHPublicKeyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, name = "SSHPublicKeyId", min = 20, max = 128, pattern = r"\w+")]
    pub ssh_public_key_id: String,
    #[shape(required)]
    pub encoding: EncodingType,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSSHPublicKeysInput {
    #[shape(min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: Option<String>,
    #[shape(min = 1, max = 320)]
    pub marker: Option<String>,
    #[shape(min = 1, max = 1000)]
    pub max_items: Option<i32>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ListSSHPublicKeysOutput {
    #[shape(name = "SSHPublicKeys")]
    pub ssh_public_keys: Vec<SSHPublicKeyMetadata>,
    pub is_truncated: bool,
    pub marker: Option<String>,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct UpdateSSHPublicKeyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, name = "SSHPublicKeyId", min = 20, max = 128, pattern = r"\w+")]
    pub ssh_public_key_id: String,
    #[shape(required)]
    pub status: StatusType,
}

#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct DeleteSSHPublicKeyInput {
    #[shape(required, min = 1, max = 64, pattern = r"[\w+=,.@-]+")]
    pub user_name: String,
    #[shape(required, name = "SSHPublicKeyId", min = 20, max = 128, pattern = r"\w+")]
    pub ssh_public_key_id: String,
}
