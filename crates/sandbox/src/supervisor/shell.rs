//! How the supervisor talks with the shell that runs a plan's commands.
//!
//! The shell reads its script from a pipe, command by command. After each it writes a frame to a
//! named pipe: kind, number, exit code, working directory and exported variables. A shell that
//! ends writes one too, from its exit trap, so that its successor can go on from there. Frames end
//! with a NUL byte, which no variable can contain.
//!
//! The pipe has a name rather than a descriptor number because scripts use any numbers, and
//! because children of the shell would inherit a descriptor. It is on a read-only mount, where no
//! command can remove it.

use crate::inside::special::REPLIES;
use crate::spec::Shell;

impl Shell {
    /// How it is started to read its script from standard input.
    pub fn argv(self) -> &'static [&'static str] {
        match self {
            Self::Bash => &["bash", "--noprofile", "--norc"],
            Self::Sh => &["sh"],
        }
    }
}

/// First lines of a shell, which make it tell of its end.
pub fn prologue() -> String {
    format!("trap {} EXIT\n", quoted(&tell(&state("X0"))))
}

/// Runs a command and tells.
pub fn command(number: u64, text: &str) -> String {
    // The command must not eat the script.
    format!("eval {} </dev/null\n{}\n", quoted(text), tell(&state(&format!("C{number}"))))
}

/// Tells the values of those variables that are set, and what the words expand to.
pub fn values(number: u64, names: &[String], words: &[String]) -> String {
    let mut script = String::new();
    for name in names {
        script.push_str(&format!(
            "if [ \"${{{name}+set}}\" ]; then \
             command printf 'V{number} {name}=%s\\000' \"${name}\"; fi; "
        ));
    }
    for (index, word) in words.iter().enumerate() {
        // Within eval, so that a malformed word breaks nothing but itself.
        let expansion = format!("command printf 'V{number} {index}=%s\\000' \"{word}\"");
        script.push_str(&format!("eval {}; ", quoted(&expansion)));
    }
    script.push_str(&format!("command printf 'E{number} \\000';"));
    format!("{}\n", tell(&script))
}

fn tell(script: &str) -> String {
    format!("{{ {script} }} 2>/dev/null >{REPLIES}")
}

/// Takes over what an earlier shell left.
pub fn restore(snapshot: &Snapshot) -> String {
    format!(
        "{{ eval {}; cd {}; }} >/dev/null 2>&1\n",
        quoted(&snapshot.exports),
        quoted(&snapshot.workdir)
    )
}

/// Goes to a directory; where it is gone, the commands will tell.
pub fn enter(directory: &str) -> String {
    format!("cd {} >/dev/null 2>&1\n", quoted(directory))
}

/// Sets and exports a variable.
pub fn export(name: &str, value: &str) -> String {
    format!("export {name}={}\n", quoted(value))
}

/// A word that any shell reads as this very text.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn state(kind: &str) -> String {
    format!(
        "command printf '{kind} %s\\n' \"$?\"; command pwd; command printf '\\001'; \
         command export -p; command printf '\\000';"
    )
}

/// What a new shell needs to go on where another stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub workdir: String,
    /// A script that exports the variables again.
    pub exports: String,
}

/// What a shell tells.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// Command `number` ended.
    Command { number: u64, code: i32, snapshot: Snapshot },
    /// The shell ends.
    Exit { code: i32, snapshot: Snapshot },
    /// A variable's value.
    Value { number: u64, name: String, value: String },
    /// All values told.
    ValuesEnd { number: u64 },
}

/// Reads a frame; none if it is malformed (a command got hold of the reply pipe and wrote to it).
pub fn parse(frame: &[u8]) -> Option<Frame> {
    let text = String::from_utf8_lossy(frame);
    let (head, rest) = text.split_once(' ')?;
    let number: u64 = head.get(1..)?.parse().ok()?;
    match head.get(..1)? {
        "V" => {
            let (name, value) = rest.split_once('=')?;
            Some(Frame::Value { number, name: name.to_owned(), value: value.to_owned() })
        }
        "E" => Some(Frame::ValuesEnd { number }),
        kind => {
            let (code, rest) = rest.split_once('\n')?;
            let (workdir, exports) = rest.split_once('\u{1}')?;
            let workdir = workdir.strip_suffix('\n').unwrap_or(workdir).to_owned();
            let (code, snapshot) =
                (code.parse().ok()?, Snapshot { workdir, exports: exports.to_owned() });
            match kind {
                "C" => Some(Frame::Command { number, code, snapshot }),
                "X" => Some(Frame::Exit { code, snapshot }),
                _ => None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        let snapshot = Snapshot { workdir: "/a\nb".into(), exports: "export A='1'\n".into() };
        assert_eq!(
            parse(b"C7 3\n/a\nb\n\x01export A='1'\n"),
            Some(Frame::Command { number: 7, code: 3, snapshot })
        );
        let value = Frame::Value { number: 2, name: "A".into(), value: "x=\ny".into() };
        assert_eq!(parse(b"V2 A=x=\ny"), Some(value));
        assert_eq!(parse(b"E2 "), Some(Frame::ValuesEnd { number: 2 }));
        for malformed in
            [&b""[..], b"C", b"Cx 1\n/\x01", b"C1 \n/\x01", b"Z1 0\n/\n\x01", "é".as_bytes()]
        {
            assert_eq!(parse(malformed), None);
        }
    }
}
