//! `acls`: POSIX access list entries, `[default:][user|group|mask|other]:[name]:permissions`, with
//! the short forms `d`, `u`, `g`, `m`, `o`.

use std::fmt;

/// The entries of one permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl(Vec<Ace>);

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ace {
    /// For objects that are made below the folder later.
    pub default: bool,
    /// Whom it means.
    pub kind: AceKind,
    /// The user or group; empty for the object's own.
    pub name: String,
    /// Read 4, write 2, execute 1.
    pub bits: u8,
}

/// Whom an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AceKind {
    /// `user`
    User,
    /// `group`
    Group,
    /// `mask`
    Mask,
    /// `other`
    Other,
}

impl fmt::Display for Ace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            AceKind::User => "user",
            AceKind::Group => "group",
            AceKind::Mask => "mask",
            AceKind::Other => "other",
        };
        let default = if self.default { "default:" } else { "" };
        let letter = |bit, letter| if self.bits & bit == 0 { '-' } else { letter };
        let (read, write, execute) = (letter(4, 'r'), letter(2, 'w'), letter(1, 'x'));
        write!(f, "{default}{kind}:{}:{read}{write}{execute}", self.name)
    }
}

impl Ace {
    /// Reads an entry.
    ///
    /// # Errors
    /// A sentence for the author: a wrong form, or a base entry, which `mode` sets.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is no access list entry");
        let mut parts: Vec<&str> = text.split(':').collect();
        let bits = bits(parts.pop().unwrap_or_default()).ok_or_else(bad)?;
        let default = parts.first().is_some_and(|part| matches!(*part, "d" | "default"));
        if default {
            parts.remove(0);
        }
        let (kind, name) = match parts.as_slice() {
            [kind, name] => (kind_of(kind).ok_or_else(bad)?, *name),
            // One part is the kind of those that have no name, or a user's name.
            [one] => match kind_of(one) {
                Some(kind @ (AceKind::Mask | AceKind::Other)) => (kind, ""),
                _ => (AceKind::User, *one),
            },
            _ => return Err(bad()),
        };
        if matches!(kind, AceKind::Mask | AceKind::Other) && !name.is_empty() {
            return Err(bad());
        }
        // The name becomes an argument of setfacl, whose separators it must not hold.
        if name.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control()) {
            return Err(bad());
        }
        if !default && kind != AceKind::Mask && name.is_empty() {
            return Err(format!("{text:?} is a base entry: use mode to set it"));
        }
        Ok(Self { default, kind, name: name.to_owned(), bits })
    }
}

impl Acl {
    /// Reads all entries.
    ///
    /// # Errors
    /// As [`Ace::parse`].
    pub fn parse(entries: &[String]) -> Result<Self, String> {
        entries.iter().map(|entry| Ace::parse(entry)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether some entry is for objects made later.
    pub fn has_default(&self) -> bool {
        self.0.iter().any(|ace| ace.default)
    }

    /// The list as `setfacl --set` needs it: these entries and the base entries that they lack,
    /// taken from the object's permission bits.
    pub fn complete(&self, mode: u32) -> Vec<Ace> {
        let bits = |shift: u32| ((mode >> shift) & 7) as u8;
        let mut all = self.0.clone();
        let add = |all: &mut Vec<Ace>, default, kind, bits| {
            all.push(Ace { default, kind, name: String::new(), bits });
        };
        add(&mut all, false, AceKind::User, bits(6));
        add(&mut all, false, AceKind::Group, bits(3));
        add(&mut all, false, AceKind::Other, bits(0));
        let has = |all: &[Ace], default, kind| {
            all.iter().any(|ace| ace.default == default && ace.kind == kind && ace.name.is_empty())
        };
        let named =
            |default| self.0.iter().any(|ace| ace.default == default && !ace.name.is_empty());
        if named(false) && !has(&all, false, AceKind::Mask) {
            add(&mut all, false, AceKind::Mask, bits(3));
        }
        if self.has_default() {
            for (kind, bits) in
                [(AceKind::User, bits(6)), (AceKind::Group, bits(3)), (AceKind::Other, bits(0))]
            {
                if !has(&all, true, kind) {
                    add(&mut all, true, kind, bits);
                }
            }
            if named(true) && !has(&all, true, AceKind::Mask) {
                let group = all
                    .iter()
                    .find(|ace| ace.default && ace.kind == AceKind::Group && ace.name.is_empty())
                    .map_or(bits(3), |ace| ace.bits);
                add(&mut all, true, AceKind::Mask, group);
            }
        }
        all
    }
}

fn kind_of(text: &str) -> Option<AceKind> {
    match text {
        "u" | "user" => Some(AceKind::User),
        "g" | "group" => Some(AceKind::Group),
        "m" | "mask" => Some(AceKind::Mask),
        "o" | "other" => Some(AceKind::Other),
        _ => None,
    }
}

/// One octal digit, or any of `rwx-`.
fn bits(text: &str) -> Option<u8> {
    if let [digit @ b'0'..=b'7'] = text.as_bytes() {
        return Some(digit - b'0');
    }
    text.chars().try_fold(0, |bits, c| match c {
        'r' => Some(bits | 4),
        'w' => Some(bits | 2),
        'x' => Some(bits | 1),
        '-' => Some(bits),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        for (text, want) in [
            ("u:web:rx", "user:web:r-x"),
            ("web:6", "user:web:rw-"),
            ("group:ops:rwx", "group:ops:rwx"),
            ("d:u:web:7", "default:user:web:rwx"),
            ("default:group::r", "default:group::r--"),
            ("m::rx", "mask::r-x"),
            ("m:rx", "mask::r-x"),
            ("d:o:0", "default:other::---"),
        ] {
            assert_eq!(Ace::parse(text).unwrap().to_string(), want, "{text}");
        }
        for text in [
            "",
            "r",
            "u::r",
            "o::r",
            "u:web:z",
            "u:web:8",
            "x:web:r",
            "a:b:c:d:e",
            "m:x:r",
            "u:a,b:r",
        ] {
            assert!(Ace::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn completion() {
        let text = |entries: &[&str]| {
            let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
            let all = Acl::parse(&entries).unwrap().complete(0o754);
            all.iter().map(Ace::to_string).collect::<Vec<_>>().join(",")
        };
        assert_eq!(text(&["u:web:rx"]), "user:web:r-x,user::rwx,group::r-x,other::r--,mask::r-x");
        assert_eq!(
            text(&["d:u:web:r", "d:g::w"]),
            "default:user:web:r--,default:group::-w-,user::rwx,group::r-x,other::r--,\
             default:user::rwx,default:other::r--,default:mask::-w-"
        );
    }
}
