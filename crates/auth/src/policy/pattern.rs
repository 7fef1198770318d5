//! Texts with wildcards and policy variables, compiled.

use super::context::Context;

/// What is special in a pattern's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Syntax {
    /// `*` and `?` stand for themselves: `StringEquals`.
    Plain,
    /// `*` and `?` are wildcards: actions, `StringLike`.
    Glob,
    /// Wildcards in a resource name. Inside one of the first five segments they stop at its
    /// colon, except a `*` that ends the segment; missing segments match anything.
    Resource,
    /// Wildcards in `ArnLike`: as [`Syntax::Resource`], but none leaves the first five segments.
    Arn,
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Anything,
    Literal(Box<str>),
    Prefix(Box<str>),
    Glob(Box<[Part]>),
    Template(Box<[Token]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Box<str>),
    /// `?`: one character; a colon only where `colons`.
    One {
        colons: bool,
    },
    /// `*`: any number of characters; colons only where `colons`.
    Many {
        colons: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Part(Part),
    /// `${name}` or `${name, 'default'}`.
    Variable {
        name: Box<str>,
        default: Option<Box<str>>,
    },
}

/// A part, or the text that a variable stands for.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    One { colons: bool },
    Many { colons: bool },
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError;

/// How many colons an ARN has before its resource.
const ARN_COLONS: usize = 5;

impl Pattern {
    /// Compiles a text; `variables` says whether `${…}` is special, which it is from Version
    /// 2012-10-17 on. Fails where a variable is malformed.
    pub(crate) fn parse(text: &str, syntax: Syntax, variables: bool) -> Result<Self, PatternError> {
        let mut builder = Builder::default();
        let segmented = matches!(syntax, Syntax::Resource | Syntax::Arn);
        let mut colons = 0;
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let after = &rest[next.len_utf8()..];
            if variables && next == '$' && after.starts_with('{') {
                let (inside, after) = after[1..].split_once('}').ok_or(PatternError)?;
                builder.variable(inside)?;
                rest = after;
                continue;
            }
            rest = after;
            let free = !segmented || colons >= ARN_COLONS;
            match next {
                '*' if syntax != Syntax::Plain => {
                    let ends =
                        syntax == Syntax::Resource && (after.is_empty() || after.starts_with(':'));
                    builder.push(Part::Many { colons: free || ends });
                }
                '?' if syntax != Syntax::Plain => builder.push(Part::One { colons: free }),
                _ => {
                    colons += usize::from(next == ':');
                    builder.text.push(next);
                }
            }
        }
        if syntax == Syntax::Resource && colons < ARN_COLONS && text != "*" {
            if !text.ends_with(':') {
                builder.text.push(':');
            }
            builder.push(Part::Many { colons: true });
        }
        Ok(builder.finish())
    }

    /// Whether `text` matches; `None` where a variable has no value. `fold` ignores ASCII case.
    pub(crate) fn matches(&self, text: &str, fold: bool, context: &Context) -> Option<bool> {
        match self {
            Self::Anything => Some(true),
            Self::Literal(literal) => {
                Some(literal.len() == text.len() && starts_with(text, literal, fold))
            }
            Self::Prefix(prefix) => Some(starts_with(text, prefix, fold)),
            Self::Glob(parts) => Some(glob(parts.len(), |at| parts[at].piece(), text, fold)),
            Self::Template(tokens) => {
                let pieces = tokens
                    .iter()
                    .map(|token| token.resolve(context))
                    .collect::<Option<Vec<Piece<'_>>>>()?;
                Some(glob(pieces.len(), |at| pieces[at], text, fold))
            }
        }
    }
}

#[derive(Default)]
struct Builder {
    tokens: Vec<Token>,
    text: String,
}

impl Builder {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.tokens.push(Token::Part(Part::Text(std::mem::take(&mut self.text).into())));
        }
    }

    fn push(&mut self, part: Part) {
        self.flush();
        match (self.tokens.last_mut(), &part) {
            (Some(Token::Part(Part::Many { colons: before })), Part::Many { colons }) => {
                *before |= colons;
            }
            _ => self.tokens.push(Token::Part(part)),
        }
    }

    /// What stands between the braces: a special character, or a key with or without default.
    fn variable(&mut self, inside: &str) -> Result<(), PatternError> {
        if matches!(inside, "*" | "?" | "$") {
            self.text.push_str(inside);
            return Ok(());
        }
        let (name, default) = match inside.split_once(',') {
            None => (inside, None),
            Some((name, default)) => {
                let default = default.trim();
                let quoted = default.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                (name, Some(quoted.ok_or(PatternError)?.into()))
            }
        };
        let name = name.trim();
        let valid =
            name.contains(':') && !name.contains(['{', '$', '*', '?', '\'']) && name.len() > 1;
        if !valid {
            return Err(PatternError);
        }
        self.flush();
        self.tokens.push(Token::Variable { name: name.into(), default });
        Ok(())
    }

    fn finish(mut self) -> Pattern {
        self.flush();
        let fixed = |token: &Token| match token {
            Token::Part(part) => Some(part.clone()),
            Token::Variable { .. } => None,
        };
        let Some(parts) = self.tokens.iter().map(fixed).collect::<Option<Vec<Part>>>() else {
            return Pattern::Template(self.tokens.into());
        };
        match parts.as_slice() {
            [] => Pattern::Literal("".into()),
            [Part::Many { colons: true }] => Pattern::Anything,
            [Part::Text(text)] => Pattern::Literal(text.clone()),
            [Part::Text(text), Part::Many { colons: true }] => Pattern::Prefix(text.clone()),
            _ => Pattern::Glob(parts.into()),
        }
    }
}

impl Part {
    fn piece(&self) -> Piece<'_> {
        match self {
            Self::Text(text) => Piece::Text(text),
            Self::One { colons } => Piece::One { colons: *colons },
            Self::Many { colons } => Piece::Many { colons: *colons },
        }
    }
}

impl Token {
    fn resolve<'a>(&'a self, context: &'a Context) -> Option<Piece<'a>> {
        match self {
            Self::Part(part) => Some(part.piece()),
            Self::Variable { name, default } => {
                context.single(name).or(default.as_deref()).map(Piece::Text)
            }
        }
    }
}

fn starts_with(text: &str, prefix: &str, fold: bool) -> bool {
    match text.as_bytes().get(..prefix.len()) {
        Some(start) if fold => start.eq_ignore_ascii_case(prefix.as_bytes()),
        Some(start) => start == prefix.as_bytes(),
        None => false,
    }
}

/// Where to try again: the piece behind a star, and how far the star has reached.
#[derive(Clone, Copy)]
struct Retry {
    piece: usize,
    text: usize,
}

/// Matches with backtracking to the last star only. That suffices for stars of one kind; a star
/// that stops at colons can run out within its segment, and then the last unbounded star, which
/// lies before that segment, is the one to reach further.
fn glob<'p>(count: usize, piece: impl Fn(usize) -> Piece<'p>, text: &str, fold: bool) -> bool {
    let (mut at, mut pos) = (0, 0);
    let (mut unbounded, mut bounded): (Option<Retry>, Option<Retry>) = (None, None);
    loop {
        let next = text[pos..].chars().next();
        let stepped = if at == count {
            if next.is_none() {
                return true;
            }
            None
        } else {
            match piece(at) {
                Piece::Many { colons } => {
                    let retry = Some(Retry { piece: at + 1, text: pos });
                    if colons {
                        (unbounded, bounded) = (retry, None);
                    } else {
                        bounded = retry;
                    }
                    Some(pos)
                }
                Piece::One { colons } => {
                    next.filter(|next| colons || *next != ':').map(|next| pos + next.len_utf8())
                }
                Piece::Text(literal) => {
                    starts_with(&text[pos..], literal, fold).then(|| pos + literal.len())
                }
            }
        };
        if let Some(reached) = stepped {
            (at, pos) = (at + 1, reached);
            continue;
        }
        let further = |retry: Option<Retry>, colons: bool| {
            let retry = retry?;
            let next = text[retry.text..].chars().next().filter(|next| colons || *next != ':')?;
            Some(Retry { piece: retry.piece, text: retry.text + next.len_utf8() })
        };
        bounded = further(bounded, false);
        let retry = if bounded.is_some() {
            bounded
        } else {
            unbounded = further(unbounded, true);
            unbounded
        };
        match retry {
            Some(retry) => (at, pos) = (retry.piece, retry.text),
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, syntax: Syntax, text: &str) -> bool {
        let pattern = Pattern::parse(pattern, syntax, false).unwrap();
        pattern.matches(text, false, &Context::new()).unwrap()
    }

    #[test]
    fn globs() {
        for (pattern, text, want) in [
            ("*", "", true),
            ("*", "anything", true),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
            ("?", "", false),
            ("?", "x", true),
            ("?", "ß", true),
            ("?", "xy", false),
            ("a*", "a", true),
            ("a*", "b", false),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*ab", "aab", true),
            ("*a?b", "xaab", true),
            ("a*?", "a", false),
            ("a*?", "ab", true),
            ("A", "a", false),
            ("é*ü", "éxü", true),
        ] {
            assert_eq!(matches(pattern, Syntax::Glob, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn plain_texts_have_no_wildcards() {
        assert!(matches("a*?", Syntax::Plain, "a*?"));
        assert!(!matches("a*", Syntax::Plain, "ab"));
    }

    #[test]
    fn resource_wildcards_respect_segments() {
        let function = "arn:aws:lambda:us-east-1:123456789012:function:f:1";
        let object = "arn:aws:s3:::bucket/a/b:c";
        for (pattern, text, want) in [
            ("*", function, true),
            ("*", "*", true),
            ("arn:aws:lambda:*", function, true),
            ("arn:aws:lambda", function, true),
            ("arn:aws:lambda:us-east-1", function, true),
            ("arn:aws:lambda:us-east-1:", function, true),
            ("arn:aws:lambda:us-west-1", function, false),
            ("arn:aws:lambda:us-*:123456789012:function:f:1", function, true),
            ("arn:aws:lambda:us-*-1:123456789012:function:*", function, true),
            // A star that ends its segment reaches over colons; one inside a segment does not.
            ("arn:aws:lambda:*:function:f:1", function, true),
            ("arn:aws:lambda:us*1:function:f:1", function, false),
            ("arn:aws:lambda:us*9012:function:f:1", function, false),
            ("arn:aws:lambda:us?east?1:*:function:?:?", function, true),
            ("arn:aws:lambda:us-east-1?123456789012:function:f:1", function, false),
            ("arn:aws:lambda:*:*:function:g*", function, false),
            ("arn:aws:s3:::bucket/*", object, true),
            ("arn:aws:s3:::bucket/*c", object, true),
            ("arn:aws:s3:::buck*c", object, true),
            ("arn:aws:s3:::bucket", object, false),
            ("arn:aws:s3:::BUCKET/*", object, false),
            ("arn:aws:s3:::bucket/a?b:c", object, true),
            ("arn:aws:s3:::*", object, true),
            ("arn:aws:*:::bucket/*", object, true),
            ("arn:*:bucket/*", object, true),
            ("arn:aws:s3:::bucket/*", "*", false),
            ("arn:*", "*", false),
            // The bounded star fails at the colon, and the unbounded one before it goes on.
            ("arn:*:a*b:1:x:y", "arn:q:aXc:r:aXb:1:x:y", true),
        ] {
            assert_eq!(matches(pattern, Syntax::Resource, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn arn_conditions_compare_segment_by_segment() {
        let role = "arn:aws:iam::123456789012:role/path/r";
        for (pattern, want) in [
            ("arn:aws:iam::123456789012:role/*", true),
            ("arn:aws:iam::*:role/path/r", true),
            ("arn:*:iam::123456789012:role/*", true),
            ("arn:aws:*:role/path/r", false),
            ("arn:aws:iam::*", false),
            ("*", false),
            ("arn:aws:iam:*:*:*", true),
        ] {
            assert_eq!(matches(pattern, Syntax::Arn, role), want, "{pattern}");
        }
    }

    #[test]
    fn variables_are_literal_text_once_resolved() {
        let mut context = Context::new();
        context.set("aws:username", "al*ce");
        context.set("aws:PrincipalTag/Team", "blue");
        context.set_many("aws:TagKeys", ["a", "b"]);
        for (pattern, text, want) in [
            ("home/${aws:username}/*", "home/al*ce/x", Some(true)),
            ("home/${aws:username}/*", "home/alice/x", Some(false)),
            ("home/${AWS:UserName}/*", "home/al*ce/x", Some(true)),
            ("${ aws:PrincipalTag/team }", "blue", Some(true)),
            ("x${aws:missing}", "x", None),
            ("x${aws:TagKeys}", "xa", None),
            ("x${aws:missing, 'none'}", "xnone", Some(true)),
            ("x${aws:missing,'no, ne'}*", "xno, ne!", Some(true)),
            ("x${aws:username, 'none'}", "xal*ce", Some(true)),
            ("${*}${?}${$}", "*?$", Some(true)),
            ("${*}", "x", Some(false)),
            ("$x$", "$x$", Some(true)),
        ] {
            let compiled = Pattern::parse(pattern, Syntax::Glob, true).unwrap();
            assert_eq!(compiled.matches(text, false, &context), want, "{pattern} {text}");
        }
        for bad in ["${", "${}", "${aws:x", "${aws:x, none}", "${user}", "${a:${b:c}}"] {
            assert_eq!(Pattern::parse(bad, Syntax::Glob, true), Err(PatternError), "{bad}");
            assert!(Pattern::parse(bad, Syntax::Glob, false).is_ok(), "{bad}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_hostile_time() {
        let pattern = format!("arn:{}:{}", "*a".repeat(200), "*a".repeat(200));
        let text = format!("arn:{}", "a:a".repeat(700));
        let _ = matches(&pattern, Syntax::Resource, &text);
        let _ = matches(&pattern, Syntax::Glob, &text);
    }

    /// The obvious matcher, exponential but right. Colons are counted as `Pattern::parse` does.
    fn oracle(pattern: &[char], text: &[char], syntax: Syntax, colons: usize) -> bool {
        let Some((first, rest)) = pattern.split_first() else { return text.is_empty() };
        let free = syntax == Syntax::Glob || colons >= ARN_COLONS;
        match first {
            '*' => {
                let ends = syntax == Syntax::Resource && matches!(rest.first(), None | Some(':'));
                let reach = if free || ends {
                    text.len()
                } else {
                    text.iter().position(|c| *c == ':').unwrap_or(text.len())
                };
                (0..=reach).any(|skip| oracle(rest, &text[skip..], syntax, colons))
            }
            '?' => text
                .split_first()
                .is_some_and(|(c, text)| (free || *c != ':') && oracle(rest, text, syntax, colons)),
            c => text.split_first().is_some_and(|(t, text)| {
                t == c && oracle(rest, text, syntax, colons + usize::from(*c == ':'))
            }),
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_oracle(
            pattern in "[ab:*?]{0,9}",
            text in "[ab:]{0,9}",
            syntax in prop_oneof![Just(Syntax::Glob), Just(Syntax::Resource), Just(Syntax::Arn)],
        ) {
            let mut chars: Vec<char> = pattern.chars().collect();
            if syntax == Syntax::Resource && pattern.matches(':').count() < ARN_COLONS
                && pattern != "*"
            {
                // An incomplete name is completed by parsing, not by matching.
                chars.extend(if pattern.ends_with(':') { "*" } else { ":*" }.chars());
            }
            let text_chars: Vec<char> = text.chars().collect();
            let want = oracle(&chars, &text_chars, syntax, 0);
            prop_assert_eq!(matches(&pattern, syntax, &text), want);
        }

        #[test]
        fn compiling_and_matching_never_panic(pattern in ".*", text in ".*") {
            for syntax in [Syntax::Plain, Syntax::Glob, Syntax::Resource, Syntax::Arn] {
                for variables in [true, false] {
                    if let Ok(pattern) = Pattern::parse(&pattern, syntax, variables) {
                        let _ = pattern.matches(&text, true, &Context::new());
                    }
                }
            }
        }
    }
}
