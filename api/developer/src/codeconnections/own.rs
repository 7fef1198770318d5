//! Operations of Codeyard's own: the handshake, for which AWS has its console, and what other
//! services of the yard use connections by, for which AWS has no public operations either.

use shape::{Body, Shape, Timestamp};

use super::{Connection, ProviderType};

shape::operations! { "codeyard";
    AuthorizeConnection(AuthorizeConnectionInput) -> AuthorizeConnectionOutput;
    GetConnectionToken(ConnectionUse) -> ConnectionToken;
    GetConnectionBranch(ConnectionUse) -> ConnectionBranch;
    GetConnectionArchive(ConnectionUse) -> ConnectionArchive;
}

/// Ends the handshake of a connection: takes the provider's token and makes the connection
/// AVAILABLE. Needs the right `codeconnections:UpdateConnectionInstallation` on the connection.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct AuthorizeConnectionInput {
    /// The connection.
    #[shape(required, max = 256, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub connection_arn: String,
    /// A personal access token, or the password of `username`.
    #[shape(required, sensitive, min = 1, max = 4096)]
    pub token: String,
    /// The user whose app password the token is; Bitbucket only.
    #[shape(min = 1, max = 256)]
    pub username: Option<String>,
    /// The provider is not asked whether it knows the token: for tokens that stand for no user, and
    /// hosts that the yard doesn't reach yet.
    pub skip_verification: Option<bool>,
}

/// See [`AuthorizeConnectionInput`].
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct AuthorizeConnectionOutput {
    /// As it is now.
    pub connection: Option<Connection>,
    /// Whom the provider takes the token for; absent where it was not asked.
    pub provider_user: Option<String>,
}

/// What a service of the yard wants to do by a connection.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ConnectionUse {
    /// The connection.
    #[shape(required, max = 256, pattern = r"arn:aws(-[\w]+)*:.+:.+:[0-9]{12}:.+")]
    pub connection_arn: String,
    /// `OWNER/NAME`; GitLab has groups in groups before the name.
    #[shape(min = 1, max = 512)]
    pub full_repository_id: Option<String>,
    /// A branch, without `refs/heads/`.
    #[shape(min = 1, max = 255)]
    pub branch_name: Option<String>,
    /// A commit, in full.
    #[shape(min = 40, max = 64)]
    pub commit_id: Option<String>,
}

/// By what the provider is signed in to. Told to services of the yard only.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ConnectionToken {
    /// Whose it is.
    #[shape(required)]
    pub provider_type: ProviderType,
    /// `https://HOST[:PORT]`, for which the token is.
    #[shape(required)]
    pub provider_endpoint: String,
    /// The user, where the token is an app password.
    pub username: Option<String>,
    /// The token.
    #[shape(required, sensitive)]
    pub token: String,
}

/// Where a branch is.
#[derive(Shape, Default, Clone, PartialEq)]
#[shape(case = "pascal")]
pub struct ConnectionBranch {
    /// Its newest commit.
    #[shape(required)]
    pub commit_id: String,
}

/// All files of a commit, and what is known of it.
#[derive(Shape, Default, Clone)]
#[shape(case = "pascal")]
pub struct ConnectionArchive {
    /// The commit.
    pub commit_id: Option<String>,
    /// Who hosts it.
    pub provider_type: Option<ProviderType>,
    /// When it was authored.
    pub author_date: Option<Timestamp>,
    /// When it was committed.
    pub committer_date: Option<Timestamp>,
    /// Its author's name.
    pub author_name: Option<String>,
    /// Its author's address.
    pub author_email: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// A zip archive.
    #[shape(payload)]
    pub body: Body,
}
