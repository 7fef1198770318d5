//! Session tokens: everything about a session, sealed under the yard's key. Nothing is stored, so
//! sessions survive a restart and cost no write; what they may is looked up at each use.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use blobs::KeyRef;
use service::{Error, Yard};
use shape::Shape;
use types::Timestamp;

use crate::access_keys::{new_id, new_secret};
use crate::model::Tag;
use crate::names::whole_seconds;

/// Binds sealed tokens to their purpose.
const CONTEXT: &[u8] = b"sts session token";
/// The longest that any session lasts, in seconds: GetSessionToken's 36 hours.
pub(crate) const MAX_SECS: i64 = 129_600;
/// The longest token that is looked at, in characters.
const MAX_TOKEN: usize = 32 * 1024;

shape::string_enum! {
    /// Whose session it is.
    pub(crate) enum Kind { Role = "role", User = "user", Root = "root" }
}

/// What a token says.
#[derive(Shape, Default, Clone)]
pub(crate) struct Claims {
    pub(crate) access_key_id: String,
    #[shape(sensitive)]
    pub(crate) secret: String,
    pub(crate) kind: Kind,
    pub(crate) account: String,
    /// Name of the user or role.
    pub(crate) name: String,
    /// Unique id of the user or role.
    pub(crate) entity_id: String,
    pub(crate) session_name: String,
    pub(crate) issued: Timestamp,
    pub(crate) expires: Timestamp,
    /// Whether session policies narrow it.
    pub(crate) narrowed: bool,
    /// Inline session policies.
    pub(crate) policies: Vec<String>,
    /// Managed session policies.
    pub(crate) policy_arns: Vec<String>,
    pub(crate) tags: Vec<Tag>,
    /// Keys of the tags that go on to further sessions.
    pub(crate) transitive: Vec<String>,
    pub(crate) source_identity: Option<String>,
    /// Whether a user proved an MFA device when it began. A role's session never says so: AWS
    /// asks for MFA where the role is assumed.
    pub(crate) mfa: bool,
    /// Whether it began by signing in to the console: such sessions reach all services, as the
    /// console of AWS does, where those of `GetSessionToken` do not.
    pub(crate) console: bool,
}

/// A new session.
pub(crate) struct Issued {
    pub(crate) claims: Claims,
    pub(crate) token: String,
}

/// Completes claims with a new key and times, and seals them.
pub(crate) fn issue(yard: &Yard, mut claims: Claims, secs: i64) -> Result<Issued, Error> {
    let now = whole_seconds(yard.clock().now());
    claims.access_key_id = new_id("ASIA");
    claims.secret = new_secret();
    claims.issued = now;
    claims.expires = now.plus_secs(secs);
    let sealed = yard
        .blobs()
        .seal(&KeyRef::Yard, CONTEXT, &shape::json::to_vec(&claims))
        .map_err(Error::internal)?;
    Ok(Issued { token: BASE64.encode(sealed), claims })
}

/// What a token says; `None` where this yard did not make it, or it was altered.
pub(crate) fn open(yard: &Yard, token: &str) -> Option<Claims> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let sealed = BASE64.decode(token).ok()?;
    let opened = yard.blobs().unseal(CONTEXT, &sealed).ok()?;
    shape::json::from_slice(&opened).ok()
}
