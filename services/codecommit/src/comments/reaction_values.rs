//! The reactions there are, in the three ways to write each:
//! <https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-commit-comment.html#emoji-reaction-table>.

use api_developer::codecommit::ReactionValueFormats;

/// One reaction.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReactionValue {
    /// The graphic.
    pub emoji: &'static str,
    /// Without its colons. In capitals it is how counts name the reaction.
    pub short_code: &'static str,
    /// The code point, without `U+`.
    code_point: &'static str,
}

const VALUES: &[ReactionValue] = &[
    ReactionValue { emoji: "👍", short_code: "thumbsup", code_point: "1F44D" },
    ReactionValue { emoji: "👎", short_code: "thumbsdown", code_point: "1F44E" },
    ReactionValue { emoji: "😄", short_code: "smile", code_point: "1F604" },
    ReactionValue { emoji: "❤", short_code: "heart", code_point: "2764" },
    ReactionValue { emoji: "😠", short_code: "angry", code_point: "1F620" },
    ReactionValue { emoji: "😕", short_code: "confused", code_point: "1F615" },
    ReactionValue { emoji: "😱", short_code: "scream", code_point: "1F631" },
    ReactionValue { emoji: "😭", short_code: "sob", code_point: "1F62D" },
    ReactionValue { emoji: "👏", short_code: "clap", code_point: "1F44F" },
    ReactionValue { emoji: "🎊", short_code: "confetti_ball", code_point: "1F38A" },
    ReactionValue { emoji: "🚢", short_code: "ship", code_point: "1F6A2" },
    ReactionValue { emoji: "👀", short_code: "eyes", code_point: "1F440" },
    ReactionValue { emoji: "❔", short_code: "grey_question", code_point: "2754" },
];

/// Asks for the graphic rather than the letter; keyboards put it behind some emoji.
const AS_EMOJI: char = '\u{FE0F}';

impl ReactionValue {
    /// The reaction that a caller writes as emoji, as `:shortcode:` or as `U+…`.
    pub fn parse(text: &str) -> Option<&'static Self> {
        let emoji = text.trim_end_matches(AS_EMOJI);
        let short_code =
            text.strip_prefix(':').and_then(|rest| rest.strip_suffix(':')).unwrap_or(text);
        let code_point = text.strip_prefix("U+").or_else(|| text.strip_prefix("u+"));
        VALUES.iter().find(|value| {
            value.emoji == emoji
                || value.short_code == short_code
                || code_point.is_some_and(|it| it.eq_ignore_ascii_case(value.code_point))
        })
    }

    /// The reaction that counts name so.
    pub fn by_word(word: &str) -> Option<&'static Self> {
        VALUES.iter().find(|value| value.word() == word)
    }

    /// How counts name it: `THUMBSUP`.
    pub fn word(&self) -> String {
        self.short_code.to_ascii_uppercase()
    }

    /// `U+1F44D`
    pub fn unicode(&self) -> String {
        format!("U+{}", self.code_point)
    }

    /// As GetCommentReactions shows it.
    pub fn formats(&self) -> ReactionValueFormats {
        ReactionValueFormats {
            emoji: Some(self.emoji.to_owned()),
            short_code: Some(self.short_code.to_owned()),
            unicode: Some(self.unicode()),
        }
    }

    /// All short codes, for messages.
    pub fn all() -> String {
        let codes: Vec<String> =
            VALUES.iter().map(|value| format!(":{}:", value.short_code)).collect();
        codes.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_what_it_says() {
        for value in VALUES {
            let point = u32::from_str_radix(value.code_point, 16).ok().and_then(char::from_u32);
            assert_eq!(value.emoji.chars().next(), point, "{}", value.short_code);
            assert_eq!(value.emoji.chars().count(), 1);
            for text in [
                value.emoji.to_owned(),
                format!("{}{AS_EMOJI}", value.emoji),
                format!(":{}:", value.short_code),
                value.unicode(),
                value.unicode().to_lowercase(),
            ] {
                assert_eq!(ReactionValue::parse(&text), Some(value), "{text}");
            }
            assert_eq!(ReactionValue::by_word(&value.word()), Some(value));
        }
        for bad in ["", "none", ":none:", "👍👍", ":thumbsup", "U+", "U+41", "thumbsup:"] {
            assert_eq!(ReactionValue::parse(bad), None, "{bad}");
        }
    }
}
