//! Who may approve: members of approval pools, which name users and role sessions of an account by
//! patterns, and the approvers that they cover.

use service::Cx;
use shape::Shape;

/// What the short form of a member begins with.
const SHORT: &str = "CodeCommitApprovers:";

/// Somebody who approved.
#[derive(Shape, Default, Clone, PartialEq)]
pub(crate) struct Approver {
    /// Of the user, or of the role session.
    pub arn: String,
    /// The role, where it is a session of one.
    pub role_arn: Option<String>,
}

impl Approver {
    /// Who calls.
    pub fn caller(cx: &Cx) -> Self {
        let role_arn = match &cx.caller().principal {
            auth::policy::Principal::Session { role_arn, .. } => Some(role_arn.clone()),
            _ => None,
        };
        Self { arn: cx.caller().arn.clone(), role_arn }
    }
}

/// One member of a pool. Wildcards (`*`) may stand for any text, slashes too.
#[derive(Debug, PartialEq)]
pub(crate) enum Member {
    /// `CodeCommitApprovers:ACCOUNT:RESOURCE`
    Short { account: String, resource: String },
    /// A whole ARN of IAM or STS.
    Arn(String),
}

impl Member {
    /// Reads a member.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (account, resource, short) = match text.strip_prefix(SHORT) {
            Some(rest) => match rest.split_once(':') {
                Some((account, resource)) => (account, resource, true),
                None => ("", "", true),
            },
            None => match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
                ["arn", "aws", "iam" | "sts", "", account, resource] => {
                    (*account, *resource, false)
                }
                _ => ("", "", false),
            },
        };
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let allowed =
            |c: char| c.is_ascii_alphanumeric() || "_+=,.@/*-".contains(c) || (!short && c == ':');
        if !is_account || resource.is_empty() || !resource.chars().all(allowed) {
            return Err(format!(
                "the approval pool member {text:?} is neither {SHORT}ACCOUNT-ID:NAME nor the ARN \
                 of an IAM user, a role, a role session or a federated user"
            ));
        }
        Ok(if short {
            Self::Short { account: account.to_owned(), resource: resource.to_owned() }
        } else {
            Self::Arn(text.to_owned())
        })
    }

    /// Whether this approval counts.
    ///
    /// The short form names IAM users and federated users by their names, and role sessions as
    /// `ROLE/SESSION`; an ARN of a role (`iam`'s or `sts`'s without a session) names all of its
    /// sessions.
    pub fn covers(&self, approver: &Approver) -> bool {
        match self {
            Self::Short { account, resource } => {
                let Some((of, name)) = approver.parts() else { return false };
                let (kind, rest) = name.split_once('/').unwrap_or(("", name));
                // A user's path is not part of its name.
                let short = if kind == "user" { rest.rsplit('/').next() } else { None };
                let names = [Some(name), Some(rest), short];
                of == account && names.into_iter().flatten().any(|name| matches(resource, name))
            }
            Self::Arn(pattern) => {
                let role = approver.role_arn.as_ref().and(approver.arn.rsplit_once('/'));
                let role = role.map(|(role, _session)| role);
                let names = [Some(approver.arn.as_str()), role, approver.role_arn.as_deref()];
                names.into_iter().flatten().any(|name| matches(pattern, name))
            }
        }
    }
}

impl Approver {
    /// The account and what stands behind it in the ARN.
    fn parts(&self) -> Option<(&str, &str)> {
        let mut parts = self.arn.splitn(6, ':').skip(4);
        Some((parts.next()?, parts.next()?))
    }
}

/// Whether the whole of `text` is what `pattern` says, in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(member: &str, arn: &str, role_arn: Option<&str>) -> bool {
        let approver = Approver { arn: arn.to_owned(), role_arn: role_arn.map(str::to_owned) };
        Member::parse(member).unwrap().covers(&approver)
    }

    const USER: &str = "arn:aws:iam::123456789012:user/Mary_Major";
    const FEDERATED: &str = "arn:aws:sts::123456789012:federated-user/Mary_Major";
    const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/Review/Mary_Major";
    const ROLE: &str = "arn:aws:iam::123456789012:role/team/Review";

    #[test]
    fn the_short_form() {
        for (resource, user, federated, session) in [
            ("Mary_Major", true, true, false),
            ("*Mary_Major", true, true, true),
            ("Review/Mary_Major", false, false, true),
            ("Review/*", false, false, true),
            ("user/*", true, false, false),
            ("*", true, true, true),
            ("Mary", false, false, false),
            ("mary_major", false, false, false),
        ] {
            let member = format!("CodeCommitApprovers:123456789012:{resource}");
            let found = [(USER, None), (FEDERATED, None), (SESSION, Some(ROLE))];
            let found = found.map(|(arn, role)| covers(&member, arn, role));
            assert_eq!(found, [user, federated, session], "{resource}");
        }
        assert!(!covers("CodeCommitApprovers:210987654321:Mary_Major", USER, None));
        let with_path = "arn:aws:iam::123456789012:user/dev/Mary_Major";
        assert!(covers("CodeCommitApprovers:123456789012:Mary_Major", with_path, None));
    }

    #[test]
    fn whole_arns() {
        assert!(covers(USER, USER, None));
        assert!(!covers(USER, FEDERATED, None));
        assert!(covers("arn:aws:iam::123456789012:user/M*", USER, None));
        assert!(covers("arn:aws:sts::123456789012:assumed-role/Review/*", SESSION, Some(ROLE)));
        assert!(covers("arn:aws:sts::123456789012:assumed-role/Review", SESSION, Some(ROLE)));
        assert!(covers(ROLE, SESSION, Some(ROLE)));
        assert!(!covers("arn:aws:sts::123456789012:assumed-role/Rev", SESSION, Some(ROLE)));
        assert!(!covers("arn:aws:sts::123456789012:assumed-role/Review/Li", SESSION, Some(ROLE)));
    }

    #[test]
    fn what_is_no_member_is_refused() {
        for bad in [
            "Mary_Major",
            "CodeCommitApprovers:Mary_Major",
            "CodeCommitApprovers:123456789012:",
            "CodeCommitApprovers:12345:Mary_Major",
            "CodeCommitApprovers:*:Mary_Major",
            "CodeCommitApprovers:123456789012:a b",
            "arn:aws:s3:::bucket",
            "arn:aws:iam::*:user/Mary_Major",
            "arn:aws:iam::123456789012:",
            "",
        ] {
            assert!(Member::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "acb", false),
            ("a*b*c", "a--b--c", true),
            ("*b*", "abc", true),
            ("**", "", true),
            ("ab*ba", "aba", false),
            ("abc", "abcd", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
