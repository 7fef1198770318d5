//! What a push asks for: the commands before its pack (gitprotocol-pack, "Reference Update
//! Request").

use crate::limits::{MAX_PUSH_COMMANDS, MAX_SHALLOW_LINES};
use crate::{GitError, Oid, RefUpdate, Refusal, Result, is_valid_name, why_not_made};
use std::collections::HashSet;

/// What we offer to pushing clients.
pub(crate) const RECEIVE_CAPABILITIES: &str = concat!(
    "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta ",
    "object-format=sha1 agent=codeyard/",
    env!("CARGO_PKG_VERSION")
);

/// One reference that a push wants changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The change.
    pub update: RefUpdate,
    /// Why it cannot be, whoever asks: a bad name, a name given twice.
    pub problem: Option<Refusal>,
}

/// A push, but for its pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushRequest {
    /// The changes in their order; none when a client only tries whether it may.
    pub commands: Vec<Command>,
    /// It wants one result per reference.
    pub report_status: bool,
    /// It can take messages beside the answer.
    pub side_band: bool,
    /// All references or none.
    pub atomic: bool,
    /// It wants no progress.
    pub quiet: bool,
    /// It comes from a clone without all history.
    pub shallow: bool,
}

impl PushRequest {
    /// Whether a pack follows the commands.
    pub fn has_pack(&self) -> bool {
        self.commands.iter().any(|command| command.update.new.is_some())
    }
}

/// Reads a [`PushRequest`] line by line.
#[derive(Debug, Default)]
pub struct PushRequestReader {
    request: PushRequest,
    names: HashSet<String>,
    shallow_lines: usize,
}

impl PushRequestReader {
    /// Takes the payload of the next pkt-line.
    pub fn line(&mut self, payload: &[u8]) -> Result<()> {
        let line = payload.strip_suffix(b"\n").unwrap_or(payload);
        if let Some(hex) = line.strip_prefix(b"shallow ") {
            Oid::from_hex(hex).map_err(|_| bad("bad shallow line"))?;
            self.shallow_lines += 1;
            self.request.shallow = true;
            return within(self.shallow_lines, MAX_SHALLOW_LINES, "the number of shallow lines");
        }
        if line.starts_with(b"push-cert") {
            return Err(bad("signed pushes are not supported"));
        }
        let (command, capabilities) = match line.iter().position(|&b| b == 0) {
            Some(nul) => (line.get(..nul).unwrap_or_default(), line.get(nul + 1..)),
            None => (line, None),
        };
        if self.request.commands.is_empty() {
            self.capabilities(capabilities.unwrap_or_default())?;
        }
        let command = self.command(command)?;
        self.request.commands.push(command);
        within(self.request.commands.len(), MAX_PUSH_COMMANDS, "the number of references in a push")
    }

    /// The request, after the flush that ends it.
    pub fn finish(self) -> PushRequest {
        self.request
    }

    fn capabilities(&mut self, list: &[u8]) -> Result<()> {
        let list = std::str::from_utf8(list).map_err(|_| bad("bad capabilities"))?;
        for capability in list.split_ascii_whitespace() {
            match capability.split_once('=').unwrap_or((capability, "")) {
                ("report-status" | "report-status-v2", _) => self.request.report_status = true,
                ("side-band-64k", _) => self.request.side_band = true,
                ("atomic", _) => self.request.atomic = true,
                ("quiet", _) => self.request.quiet = true,
                ("object-format", "sha1") | ("delete-refs" | "ofs-delta" | "agent", _) => {}
                ("object-format", other) => {
                    return Err(bad(&format!("object format {other:?} is not supported")));
                }
                (other, _) => {
                    return Err(bad(&format!("capability {other:?} was not offered")));
                }
            }
        }
        Ok(())
    }

    fn command(&mut self, line: &[u8]) -> Result<Command> {
        let line = std::str::from_utf8(line).map_err(|_| bad("a reference name is not UTF-8"))?;
        let mut parts = line.splitn(3, ' ');
        let (old, new, name) = (parts.next(), parts.next(), parts.next());
        let id = |text: Option<&str>| {
            let oid: Oid = text.unwrap_or_default().parse().map_err(|_| bad("bad command"))?;
            Ok((!oid.is_zero()).then_some(oid))
        };
        let update = RefUpdate {
            old: id(old)?,
            new: id(new)?,
            name: name.filter(|n| !n.is_empty()).ok_or_else(|| bad("bad command"))?.to_owned(),
        };
        let problem = if !is_valid_name(&update.name) {
            Some("not a valid reference name".to_owned())
        } else if let Some(why) = why_not_made(&update.name).filter(|_| update.new.is_some()) {
            Some(why)
        } else if !self.names.insert(update.name.clone()) {
            Some("named twice in one push".to_owned())
        } else if update.old.is_none() && update.new.is_none() {
            Some("cannot delete a reference that does not exist".to_owned())
        } else {
            None
        };
        Ok(Command { update, problem })
    }
}

fn bad(problem: &str) -> GitError {
    GitError::Protocol(problem.to_owned())
}

fn within(count: usize, limit: usize, what: &'static str) -> Result<()> {
    if count > limit {
        return Err(GitError::TooLarge { what, limit: limit as u64 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "0101010101010101010101010101010101010101";
    const Z: &str = "0000000000000000000000000000000000000000";

    fn read(lines: &[&str]) -> Result<PushRequest> {
        let mut reader = PushRequestReader::default();
        for line in lines {
            reader.line(line.as_bytes())?;
        }
        Ok(reader.finish())
    }

    #[test]
    fn a_push() {
        let request = read(&[
            &format!("shallow {A}\n"),
            &format!("{Z} {A} refs/heads/main\0 report-status-v2 side-band-64k atomic agent=git/2"),
            &format!("{A} {Z} refs/heads/old\n"),
        ])
        .unwrap();
        assert!(request.report_status && request.side_band && request.atomic && request.shallow);
        assert!(!request.quiet && request.has_pack());
        assert_eq!(request.commands[0].update.old, None);
        assert_eq!(request.commands[1].update.new, None);
        assert!(request.commands.iter().all(|c| c.problem.is_none()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let request = read(&[
            &format!("{Z} {A} refs/heads/a"),
            &format!("{Z} {A} refs/heads/a"),
            &format!("{Z} {A} refs/heads/../../x"),
            &format!("{Z} {A} HEAD"),
            &format!("{Z} {Z} refs/heads/b"),
            &format!("{Z} {A} refs/heads/-b"),
            &format!("{A} {Z} refs/heads/-c"),
        ])
        .unwrap();
        assert_eq!(
            request.commands.iter().map(|c| c.problem.is_some()).collect::<Vec<_>>(),
            [false, true, true, true, true, true, false]
        );
        for bad in [
            String::new(),
            "push-cert\0".to_owned(),
            format!("{A} {A}"),
            format!("{A} refs/heads/a"),
            "shallow x".to_owned(),
            format!("{Z} {A} refs/heads/a\0push-options"),
            format!("{Z} {A} refs/heads/a\0object-format=sha256"),
        ] {
            assert!(read(&[&bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn too_many_are_refused() {
        let mut reader = PushRequestReader::default();
        for i in 0..MAX_PUSH_COMMANDS {
            reader.line(format!("{Z} {A} refs/heads/{i}").as_bytes()).unwrap();
        }
        let more = reader.line(format!("{Z} {A} refs/heads/more").as_bytes());
        assert!(matches!(more, Err(GitError::TooLarge { .. })));
    }

    /// Lines that look like the real ones, and ones that do not.
    fn line() -> impl Strategy<Value = Vec<u8>> {
        let id = prop_oneof![Just(A.to_owned()), Just(Z.to_owned()), "[0-9a-f]{38,41}"];
        let name = prop_oneof!["refs/heads/[a-z./]{0,12}", ".{0,12}"];
        let tail = prop_oneof![Just(String::new()), "\0[ a-z0-9=-]{0,24}", Just("\n".to_owned())];
        prop_oneof![
            (id.clone(), id.clone(), name, tail)
                .prop_map(|(a, b, n, t)| format!("{a} {b} {n}{t}").into_bytes()),
            id.prop_map(|a| format!("shallow {a}").into_bytes()),
            proptest::collection::vec(any::<u8>(), 0..80),
        ]
    }

    proptest! {
        #[test]
        fn no_lines_break_it(lines in proptest::collection::vec(line(), 0..8)) {
            let mut reader = PushRequestReader::default();
            let read = lines.iter().try_for_each(|line| reader.line(line));
            let request = reader.finish();
            for command in request.commands.iter().filter(|c| c.problem.is_none()) {
                prop_assert!(is_valid_name(&command.update.name));
                prop_assert!(command.update.old.is_some() || command.update.new.is_some());
            }
            prop_assert!(read.is_err() || request.commands.len() <= lines.len());
        }
    }
}
