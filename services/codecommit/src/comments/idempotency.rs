//! Client request tokens: a request repeated with its token answers what the first one made.

use auth::sigv4::sha256_hex;
use store::{ReadTx, Stored};
use types::Scope;
use wire::Error;

use super::model::Comment;
use crate::errors;

/// Characters of a token. AWS's clients send UUIDs; the reference names no bound.
const MAX_TOKEN: usize = 256;

/// A token and what it was sent with.
pub(crate) struct Once {
    pub token: Option<String>,
    pub digest: String,
}

impl Once {
    /// Refuses tokens that are none. `parameters` are all that make up the request.
    pub fn new(token: Option<String>, parameters: &[&str]) -> Result<Self, Error> {
        if let Some(token) = &token {
            if token.is_empty() {
                return Err(errors::CLIENT_REQUEST_TOKEN_REQUIRED
                    .error("The client request token is empty."));
            }
            let bad = token.chars().any(char::is_control);
            if bad || token.chars().count() > MAX_TOKEN {
                return Err(errors::INVALID_CLIENT_REQUEST_TOKEN.error(format!(
                    "The client request token is not valid: it has at most {MAX_TOKEN} \
                     characters, and no control characters."
                )));
            }
        }
        // With their lengths, so that no two requests are told apart by where a text ends.
        let parts: Vec<String> =
            parameters.iter().map(|part| format!("{}:{part}", part.len())).collect();
        Ok(Self { token, digest: sha256_hex(parts.concat().as_bytes()) })
    }

    /// What was made with the token before.
    ///
    /// # Errors
    /// `IdempotencyParameterMismatchException` where it was another request.
    pub fn earlier(
        &self,
        tx: &ReadTx<'_>,
        scope: &Scope,
        author: &str,
    ) -> Result<Option<Stored<Comment>>, Error> {
        let Some(token) = &self.token else { return Ok(None) };
        match Comment::by_token(tx, scope, author, token)? {
            Some(found) if found.request == self.digest => Ok(Some(found)),
            Some(_) => Err(errors::IDEMPOTENCY_PARAMETER_MISMATCH
                .error("The client request token was used for a request with other parameters.")),
            None => Ok(None),
        }
    }
}
