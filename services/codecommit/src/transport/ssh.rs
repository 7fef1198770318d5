//! Git over SSH: `ssh://APKA…@HOST:PORT/v1/repos/NAME`, where the user name is the id of an SSH
//! public key in IAM.

use std::future::poll_fn;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use git::{ByteStream, Protocol, RefStore, RefUpdate, Service};
use service::{Cx, Endpoint, Origin, Trailers, Yard};
use ssh::{BoxFuture, Exec, Handler, Known, Output};
use wire::Error;

use super::seats::{Seats, SessionLimits};
use super::{PREFIX, Standing, audit, check_name, find, permission, shown};
use crate::refs::StoreRefs;
use crate::{repos, sign_in};

/// The variable by which clients ask for a version of the protocol.
const PROTOCOL: &str = "GIT_PROTOCOL";
/// Git's own exit status where it gives up.
const FAILED: u32 = 128;
/// Characters of an SSH public key's id.
const KEY_ID_LEN: usize = 20;
const KEY_ID_PREFIX: &str = "APKA";
/// The longest refusal, in bytes; a line of git's protocol holds four times as much.
const MAX_REFUSAL: usize = 16 << 10;
/// How long a command may be that is told back.
const MAX_TOLD: usize = 60;

/// Serves git to SSH clients. A reset in test mode replaces the yard: it is asked for each time.
pub struct GitOverSsh {
    yard: Box<dyn Fn() -> Yard + Send + Sync>,
    seats: Arc<Seats>,
}

impl GitOverSsh {
    /// For the yard that `yard` answers.
    pub fn new(yard: impl Fn() -> Yard + Send + Sync + 'static) -> Arc<Self> {
        Self::with_limits(yard, SessionLimits::default())
    }

    /// The same, with other limits than the usual.
    pub fn with_limits(
        yard: impl Fn() -> Yard + Send + Sync + 'static,
        limits: SessionLimits,
    ) -> Arc<Self> {
        Arc::new(Self { yard: Box::new(yard), seats: Seats::new("git sessions over SSH", limits) })
    }
}

impl Handler for GitOverSsh {
    fn known(&self, user: &str) -> Known {
        let is_id = user.len() == KEY_ID_LEN
            && user.starts_with(KEY_ID_PREFIX)
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_id {
            return Known::Nobody(format!(
                "The user name has to be the id of an SSH public key in IAM (APKA...), not \
                 {user:?}: ssh://APKA...@host:port/v1/repos/NAME",
            ));
        }
        let yard = (self.yard)();
        match yard.identity().by_ssh_key(&yard, user) {
            Ok(Some(key)) if key.active => Known::Key(key.blob),
            Ok(Some(key)) => Known::Inactive(
                key.blob,
                format!(
                    "The SSH public key {user} is inactive. `aws iam update-ssh-public-key` makes \
                     it active again."
                ),
            ),
            Ok(None) => Known::Nobody(format!(
                "There is no SSH public key {user} here. `aws iam list-ssh-public-keys` lists \
                 yours, `aws iam upload-ssh-public-key` adds one."
            )),
            Err(error) => {
                tracing::error!(%error, "an SSH public key could not be looked for");
                Known::Nobody("The yard failed; its log tells why.".to_owned())
            }
        }
    }

    fn wrong_key(&self, user: &str, algorithm: &str) -> String {
        match algorithm {
            "rsa-sha2-256" | "rsa-sha2-512" => format!(
                "A key was offered that is not {user}: check IdentityFile in ~/.ssh/config."
            ),
            "ssh-rsa" => "RSA signatures with SHA-1 are not taken: use a newer SSH client, or \
                          allow rsa-sha2-256 in its settings."
                .to_owned(),
            other => format!(
                "Only RSA keys sign in here, as in AWS, and one for {other} was offered: check \
                 IdentityFile in ~/.ssh/config."
            ),
        }
    }

    fn no_shell(&self, user: &str) -> String {
        let yard = (self.yard)();
        let who = match yard.identity().by_ssh_key(&yard, user) {
            Ok(Some(key)) => key.caller.arn,
            _ => user.to_owned(),
        };
        format!(
            "You have signed in as {who}. Use git: there are no shells, terminals or file \
             transfers here."
        )
    }

    fn takes_variable(&self, name: &str) -> bool {
        name == PROTOCOL
    }

    fn exec(&self, exec: Exec) -> BoxFuture<u32> {
        let (yard, seats) = ((self.yard)(), self.seats.clone());
        Box::pin(async move {
            let visit = match Visit::of(&exec) {
                Ok(visit) => visit,
                Err(why) => {
                    // The client may have left; its status tells as much.
                    let _ = exec.output.error(&format!("{why}\n")).await;
                    return FAILED;
                }
            };
            visit.run(yard, &seats, exec).await
        })
    }
}

/// For the fuzz targets alone: the service and the repository that a command line means.
///
/// # Errors
/// Why it means none, as the client is told.
#[doc(hidden)]
pub fn read_command(command: &str) -> Result<(Service, String), String> {
    let visit = Visit::parse(command, Protocol::default())?;
    Ok((visit.service, visit.name))
}

/// What a client wants.
#[derive(Debug, PartialEq, Eq)]
struct Visit {
    service: Service,
    name: String,
    protocol: Protocol,
}

impl Visit {
    fn of(exec: &Exec) -> Result<Self, String> {
        let asked = exec.environment.iter().rev().find(|(name, _)| name == PROTOCOL);
        let protocol = Protocol::from_header(asked.map(|(_, value)| value.as_str()));
        Self::parse(&exec.command, protocol)
    }

    fn parse(command: &str, protocol: Protocol) -> Result<Self, String> {
        let (program, argument) = split_program(command.trim());
        let service = match program {
            "upload-archive" => {
                return Err("git archive --remote is not offered here: clone the repository and \
                            archive that."
                    .to_owned());
            }
            "lfs-authenticate" | "lfs-transfer" => {
                return Err("Git LFS is not offered here, as in AWS CodeCommit.".to_owned());
            }
            program => Service::parse(&format!("git-{program}")),
        };
        let told: String = command.chars().filter(|c| !c.is_control()).take(MAX_TOLD).collect();
        let service = service.ok_or_else(|| {
            format!("Only git is served here (git-upload-pack, git-receive-pack), not {told:?}.")
        })?;
        let path = unquote(argument).ok_or_else(|| format!("What is meant by {told:?}?"))?;
        let below = path.trim_start_matches('/').strip_prefix(PREFIX.trim_start_matches('/'));
        let name = below.map(|name| name.trim_end_matches('/'));
        let name = name.filter(|name| !name.is_empty() && !name.contains('/'));
        let name = name.ok_or_else(|| {
            format!("Repositories are at {PREFIX}NAME: ssh://APKA...@host:port{PREFIX}NAME")
        })?;
        // Before it is looked for, and before it comes into the audit trail.
        check_name(name).map_err(|error| error.message)?;
        Ok(Self { service, name: name.to_owned(), protocol })
    }

    /// Serves it; answers the exit status.
    async fn run(self, yard: Yard, seats: &Arc<Seats>, exec: Exec) -> u32 {
        let Exec { user, source_ip, client, input, output, .. } = exec;
        let cx = match sign_in_again(&yard, &user, &self.name, source_ip, client) {
            Ok(cx) => cx,
            Err(error) => return refuse(&output, &error).await,
        };
        let _seat = match seats.take(&cx.caller().arn) {
            Ok(seat) => seat,
            Err(error) => {
                audit(&cx, self.service, &self.name, Some(&error));
                return refuse(&output, &error).await;
            }
        };
        let served = match self.service {
            Service::UploadPack => self.fetch(&cx, input, &output).await,
            Service::ReceivePack => self.push(&cx, input, &output).await,
        };
        match served {
            Ok(Done { changes_asked }) => {
                // A push of nothing is none.
                if self.service == Service::UploadPack || changes_asked {
                    audit(&cx, self.service, &self.name, None);
                }
                0
            }
            Err(error) => {
                audit(&cx, self.service, &self.name, Some(&error));
                refuse(&output, &error).await
            }
        }
    }

    async fn fetch(&self, cx: &Cx, input: ByteStream, output: &Output) -> Result<Done, Error> {
        cx.authorize("codecommit", &permission(cx, self.service, &self.name)?)?;
        let found = find(cx, &self.name)?;
        let refs = StoreRefs::new(cx, &found.id);
        let repository = repos::open(cx, &found.id).await?;
        let answer = repository.fetch_session(input, self.protocol, &refs).await?;
        say(output, answer).await?;
        Ok(Done { changes_asked: false })
    }

    /// Who pushes, to be asked for again: over SSH a client may take its time even before it says
    /// what it wants.
    fn standing(&self, cx: &Cx, id: &str) -> Standing {
        let (cx, name) = (cx.clone(), self.name.clone());
        let again = move || {
            let key_id = cx.caller().access_key_id.clone().unwrap_or_default();
            let (source_ip, client) = (cx.origin().source_ip, cx.origin().user_agent.clone());
            sign_in_again(cx.yard(), &key_id, &name, source_ip, client)
        };
        Standing::new(again, &self.name, id)
    }

    async fn push(&self, cx: &Cx, input: ByteStream, output: &Output) -> Result<Done, Error> {
        // At first only the repository is known, and codecommit:References is not there.
        let permission = permission(cx, self.service, &self.name)?;
        cx.authorize("codecommit", &permission)?;
        let found = find(cx, &self.name)?;
        let standing = Arc::new(self.standing(cx, &found.id));
        let refs = StoreRefs::new(cx, &found.id).pushed_by(&standing);
        let refs: Arc<dyn RefStore> = Arc::new(refs);
        let repository = repos::open(cx, &found.id).await?;
        let greeting = repository.push_greeting(self.protocol, refs.as_ref()).await?;
        output.write(greeting).await.map_err(left)?;
        let mut changes_asked = false;
        let asked = &mut changes_asked;
        let decide = async |updates: Vec<RefUpdate>| {
            *asked = true;
            standing.decide(&updates)
        };
        let answer = repository.push_session(input, refs, decide).await?;
        say(output, answer).await?;
        Ok(Done { changes_asked })
    }
}

/// A visit that came to its end.
struct Done {
    changes_asked: bool,
}

/// Between signing in and asking, the key may have been shut out or removed.
fn sign_in_again(
    yard: &Yard,
    key_id: &str,
    name: &str,
    source_ip: IpAddr,
    client: String,
) -> Result<Cx, Error> {
    let key = yard.identity().by_ssh_key(yard, key_id)?.filter(|key| key.active);
    let key = key.ok_or_else(|| {
        let text = format!("The SSH public key {key_id} has been shut out or removed.");
        wire::ErrorKind::new("AccessDeniedException", 403).error(text)
    })?;
    let region = sign_in::home(yard, &key.caller.account, name);
    let origin = Origin {
        endpoint: Endpoint { scheme: "ssh", host: yard.endpoint().host },
        source_ip,
        user_agent: client,
        request_id: types::uuid(),
        depth: 0,
        ending: Default::default(),
        trailers: Trailers::default(),
    };
    Ok(Cx::new(yard.clone(), key.caller, region, origin))
}

fn left(error: std::io::Error) -> Error {
    wire::ErrorKind::new("ClientDisconnectedException", 400).error(error.to_string())
}

/// Sends git's answer.
async fn say(output: &Output, mut answer: ByteStream) -> Result<(), Error> {
    while let Some(piece) = poll_fn(|cx| answer.as_mut().poll_next(cx)).await {
        let piece = piece.map_err(|error| {
            tracing::debug!(%error, "git over SSH was cut short");
            wire::ErrorKind::new("InvalidRequestException", 400).error(error.to_string())
        })?;
        output.write(piece).await.map_err(left)?;
    }
    Ok(())
}

/// Ends a visit with a line that git shows as `fatal: remote error`.
async fn refuse(output: &Output, error: &Error) -> u32 {
    let mut text = shown(error);
    text.truncate(text.floor_char_boundary(MAX_REFUSAL));
    let line = format!("{:04x}ERR {text}", text.len() + 8);
    // The client may have left, which may be why.
    let _ = output.write(Bytes::from(line)).await;
    FAILED
}

/// The program of `git-PROGRAM ARGUMENT` or `git PROGRAM ARGUMENT`, and the argument.
fn split_program(command: &str) -> (&str, &str) {
    let rest = command.strip_prefix("git-").or_else(|| command.strip_prefix("git "));
    let rest = rest.unwrap_or_default().trim_start();
    let (program, argument) = rest.split_once(' ').unwrap_or((rest, ""));
    (program, argument.trim())
}

/// One word as git quotes it for a shell: within single quotes, `'` and `!` outside of them behind
/// a backslash. Some clients do not quote at all.
fn unquote(word: &str) -> Option<String> {
    let mut out = String::new();
    let mut quoted = false;
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => quoted = !quoted,
            '\\' if !quoted => match letters.next()? {
                escaped @ ('\'' | '!' | '\\' | ' ') => out.push(escaped),
                _ => return None,
            },
            letter if quoted => out.push(letter),
            letter if letter.is_whitespace() || "\"$`;&|<>()*?[]{}~#".contains(letter) => {
                return None;
            }
            letter => out.push(letter),
        }
    }
    (!quoted && !out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(command: &str) -> Result<(Service, String), String> {
        Visit::parse(command, Protocol::V0).map(|visit| (visit.service, visit.name))
    }

    #[test]
    fn commands_as_clients_send_them() {
        let fetch = Ok((Service::UploadPack, "site".to_owned()));
        for command in [
            "git-upload-pack '/v1/repos/site'",
            "git upload-pack '/v1/repos/site'",
            "git-upload-pack /v1/repos/site",
            "git-upload-pack 'v1/repos/site'",
            "git-upload-pack '/v1/repos/site/'",
            " git-upload-pack  '/v1/repos/'site",
        ] {
            assert_eq!(parse(command), fetch, "{command}");
        }
        assert_eq!(parse("git-receive-pack '/v1/repos/a.b'").unwrap().0, Service::ReceivePack);
    }

    #[test]
    fn what_is_not_served_is_named() {
        for (command, why) in [
            ("git-upload-archive '/v1/repos/a'", "git archive"),
            ("git-lfs-authenticate /v1/repos/a download", "LFS"),
            ("ls -l", "Only git"),
            ("", "Only git"),
            ("git-upload-pack '/v1/repos/a'; id", "What is meant"),
            ("git-upload-pack $(id)", "What is meant"),
            ("git-upload-pack 'a", "What is meant"),
            ("git-upload-pack", "What is meant"),
            ("git-upload-pack '/home/a'", "/v1/repos/NAME"),
            ("git-upload-pack '/v1/repos/'", "/v1/repos/NAME"),
            ("git-upload-pack '/v1/repos/a/b'", "/v1/repos/NAME"),
            ("git-upload-pack '/v1/repos/../../x'", "/v1/repos/NAME"),
            ("git-upload-pack '/v1/repos/a\x1b[2J'", "name"),
            ("git-upload-pack --upload-pack=id '/v1/repos/a'", "What is meant"),
        ] {
            let refused = parse(command).unwrap_err();
            assert!(refused.contains(why), "{command}: {refused}");
        }
        assert_eq!(unquote(r"'a'\''b'\!").as_deref(), Some("a'b!"));
        assert_eq!(unquote(r"a\").as_deref(), None);
    }
}
