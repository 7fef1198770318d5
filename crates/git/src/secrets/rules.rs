//! Formats that tell what they are: a fixed beginning, then so many of certain characters.

use std::sync::LazyLock;

use super::random::{entropy, stands_in};

/// Characters that a part of a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Digit,
    /// `0-9a-f`
    Hex,
    /// `A-Z0-9`
    UpperAlnum,
    Alnum,
    /// `A-Za-z0-9_-`
    Url,
    /// `A-Za-z0-9+/`
    Base64,
}

impl Class {
    pub fn has(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::UpperAlnum => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
        }
    }
}

/// A part of a token.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Exactly this.
    Is(&'static str),
    /// At least and at most so many of a class; as many as there are.
    Of(Class, usize, usize),
}

/// A format.
#[derive(Debug)]
pub(super) struct Rule {
    pub name: &'static str,
    pub what: &'static str,
    /// How it begins: any of these.
    pub starts: &'static [&'static str],
    /// What follows.
    pub parts: &'static [Part],
}

/// Bits per byte below which a token's variable part is none: `ghp_xxxxxxxx…`. Random ones of 24
/// letters and digits have about 4.2, hexadecimal ones 3.5.
const MIN_ENTROPY: f64 = 2.6;

use Class::{Alnum, Base64, Digit, Hex, UpperAlnum, Url};
use Part::{Is, Of};

/// More than any token has.
const MANY: usize = 4_096;

/// The table. Each issuer documents its own format.
pub(super) static RULES: &[Rule] = &[
    Rule {
        name: "github-token",
        what: "GitHub token",
        starts: &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        parts: &[Of(Alnum, 36, 255)],
    },
    Rule {
        name: "github-token",
        what: "GitHub fine-grained token",
        starts: &["github_pat_"],
        parts: &[Of(Alnum, 22, 22), Is("_"), Of(Alnum, 59, 59)],
    },
    Rule {
        name: "gitlab-token",
        what: "GitLab token",
        starts: &[
            "glpat-", "gloas-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-",
            "glagent-", "glsoat-", "glffct-",
        ],
        parts: &[Of(Url, 20, 300)],
    },
    Rule {
        name: "slack-token",
        what: "Slack token",
        starts: &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-"],
        parts: &[Of(Digit, 8, 14), Is("-"), Of(Url, 20, 200)],
    },
    Rule {
        name: "slack-token",
        what: "Slack app token",
        starts: &["xapp-1-"],
        parts: &[Of(UpperAlnum, 8, 16), Is("-"), Of(Digit, 8, 14), Is("-"), Of(Hex, 32, 128)],
    },
    Rule {
        name: "slack-webhook",
        what: "Slack webhook",
        starts: &["https://hooks.slack.com/services/T"],
        parts: &[
            Of(UpperAlnum, 7, 14),
            Is("/B"),
            Of(UpperAlnum, 7, 14),
            Is("/"),
            Of(Alnum, 20, 40),
        ],
    },
    Rule {
        name: "stripe-key",
        what: "Stripe live key",
        starts: &["sk_live_", "rk_live_"],
        parts: &[Of(Alnum, 24, 250)],
    },
    Rule {
        name: "stripe-key",
        what: "Stripe webhook secret",
        starts: &["whsec_"],
        parts: &[Of(Alnum, 32, 64)],
    },
    Rule {
        name: "google-api-key",
        what: "Google API key",
        starts: &["AIza"],
        parts: &[Of(Url, 35, 35)],
    },
    Rule {
        name: "google-oauth-secret",
        what: "Google OAuth client secret",
        starts: &["GOCSPX-"],
        parts: &[Of(Url, 28, 28)],
    },
    Rule { name: "npm-token", what: "npm token", starts: &["npm_"], parts: &[Of(Alnum, 36, 36)] },
    Rule {
        name: "pypi-token",
        what: "PyPI token",
        starts: &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        parts: &[Of(Url, 50, 1_000)],
    },
    Rule {
        name: "rubygems-token",
        what: "RubyGems key",
        starts: &["rubygems_"],
        parts: &[Of(Hex, 48, 48)],
    },
    Rule {
        name: "docker-token",
        what: "Docker Hub token",
        starts: &["dckr_pat_", "dckr_oat_"],
        parts: &[Of(Url, 27, 40)],
    },
    Rule {
        name: "openai-key",
        what: "OpenAI key",
        starts: &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        parts: &[Of(Url, 40, 250)],
    },
    Rule {
        name: "openai-key",
        what: "OpenAI key",
        starts: &["sk-"],
        parts: &[Of(Alnum, 20, 20), Is("T3BlbkFJ"), Of(Alnum, 20, 20)],
    },
    Rule {
        name: "anthropic-key",
        what: "Anthropic key",
        starts: &["sk-ant-"],
        parts: &[Of(Alnum, 3, 10), Is("-"), Of(Url, 80, 120)],
    },
    Rule {
        name: "hugging-face-token",
        what: "Hugging Face token",
        starts: &["hf_"],
        parts: &[Of(Alnum, 34, 40)],
    },
    Rule {
        name: "sendgrid-key",
        what: "SendGrid key",
        starts: &["SG."],
        parts: &[Of(Url, 22, 22), Is("."), Of(Url, 43, 43)],
    },
    Rule {
        name: "digitalocean-token",
        what: "DigitalOcean token",
        starts: &["dop_v1_", "doo_v1_", "dor_v1_"],
        parts: &[Of(Hex, 64, 64)],
    },
    Rule {
        name: "shopify-token",
        what: "Shopify token",
        starts: &["shpat_", "shpca_", "shppa_", "shpss_"],
        parts: &[Of(Hex, 32, 32)],
    },
    Rule {
        name: "databricks-token",
        what: "Databricks token",
        starts: &["dapi"],
        parts: &[Of(Hex, 32, 32)],
    },
    Rule {
        name: "grafana-token",
        what: "Grafana token",
        starts: &["glsa_"],
        parts: &[Of(Alnum, 32, 32), Is("_"), Of(Hex, 8, 8)],
    },
    Rule {
        name: "vault-token",
        what: "Vault token",
        starts: &["hvs.", "hvb."],
        parts: &[Of(Url, 90, 300)],
    },
    Rule {
        name: "atlassian-token",
        what: "Atlassian token",
        starts: &["ATATT3xFfGF0"],
        parts: &[Of(Url, 150, 300)],
    },
    Rule {
        name: "age-key",
        what: "age secret key",
        starts: &["AGE-SECRET-KEY-1"],
        parts: &[Of(UpperAlnum, 58, 58)],
    },
    Rule {
        name: "azure-storage-key",
        what: "Azure storage key",
        starts: &["AccountKey="],
        parts: &[Of(Base64, 86, 86), Is("==")],
    },
    Rule {
        name: "jwt",
        what: "JSON Web Token",
        starts: &["eyJ"],
        parts: &[Of(Url, 10, MANY), Is(".eyJ"), Of(Url, 10, MANY), Is("."), Of(Url, 20, MANY)],
    },
];

/// The sample that the JWT debugger shows, which every other documentation copies.
const SAMPLE_JWT: &[u8] = b".eyJzdWIiOiIxMjM0NTY3ODkw";

impl Rule {
    /// Whether a token may begin behind this byte: not within a word, and one that is as long as a
    /// whole text not within a run of its own characters, which would be looked through from each
    /// place in it.
    pub fn begins_behind(&self, previous: u8) -> bool {
        let is_word = previous.is_ascii_alphanumeric() || previous == b'_';
        let within = match self.parts {
            [Of(class, _, MANY), ..] => class.has(previous),
            _ => false,
        };
        !is_word && !within
    }

    /// How long the token is that begins with `text`; `None` if none does.
    pub fn matches(&self, text: &[u8]) -> Option<usize> {
        let start = self.starts.iter().find(|start| text.starts_with(start.as_bytes()))?;
        let mut at = start.len();
        let mut last = None;
        for part in self.parts {
            let rest = text.get(at..)?;
            match part {
                Is(word) => {
                    rest.strip_prefix(word.as_bytes())?;
                    at += word.len();
                    last = None;
                }
                Of(class, least, most) => {
                    let count = rest.iter().take(*most).take_while(|b| class.has(**b)).count();
                    if count < *least {
                        return None;
                    }
                    at += count;
                    last = Some(*class);
                }
            }
        }
        // What goes on beyond the format is of another one.
        let goes_on = last.zip(text.get(at)).is_some_and(|(class, next)| class.has(*next));
        let body = text.get(start.len()..at)?;
        let good = !goes_on
            && entropy(body) >= MIN_ENTROPY
            && !stands_in(body)
            && !body.windows(SAMPLE_JWT.len()).any(|part| part == SAMPLE_JWT);
        good.then_some(at)
    }
}

/// The rules by the byte that they begin with.
static BY_FIRST: LazyLock<Vec<Vec<&'static Rule>>> = LazyLock::new(|| {
    let mut table: Vec<Vec<&'static Rule>> = vec![Vec::new(); 256];
    for rule in RULES {
        for start in rule.starts {
            let first = start.bytes().next().map(usize::from);
            let Some(rules) = first.and_then(|first| table.get_mut(first)) else { continue };
            if !rules.iter().any(|known| std::ptr::eq(*known, rule)) {
                rules.push(rule);
            }
        }
    }
    table
});

/// The rules of which a token may begin with this byte.
pub(super) fn beginning_with(byte: u8) -> &'static [&'static Rule] {
    BY_FIRST.get(usize::from(byte)).map_or(&[], Vec::as_slice)
}
