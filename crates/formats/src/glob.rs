//! The file patterns of `artifacts`, `reports` and `cache`, after the buildspec reference:
//! `*` stands for any characters within one name, `?` for one, `[a-z]` for one of a class,
//! `{a,b}` for alternatives, and `**` as a whole name for any number of folders. Hidden files are
//! not special. Paths are relative, with `/` between names.

/// The longest pattern, in characters.
pub const MAX_PATTERN: usize = 1024;
/// The most patterns that alternatives may expand to.
pub const MAX_ALTERNATIVES: usize = 64;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob {
    alternatives: Vec<Vec<Name>>,
}

/// What one name of a path must look like.
#[derive(Clone, Debug)]
enum Name {
    /// `**`
    Folders,
    Pattern(Vec<Token>),
}

#[derive(Clone, Debug)]
enum Token {
    Any,
    One,
    Char(char),
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Compiles a pattern. A leading `./` and a trailing `/` mean nothing.
    ///
    /// # Errors
    /// A sentence for the author: an empty or overlong pattern, an open `[` or `{`, too many
    /// alternatives, or a `..`, which would leave the folder.
    pub fn new(pattern: &str) -> Result<Self, String> {
        if pattern.is_empty() {
            return Err("a file pattern is empty".to_owned());
        }
        if pattern.chars().count() > MAX_PATTERN {
            return Err(format!("a file pattern is longer than {MAX_PATTERN} characters"));
        }
        let alternatives = expand(pattern)?
            .iter()
            .map(|pattern| {
                names(pattern).map_err(|why| format!("the file pattern {pattern:?} {why}"))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { alternatives })
    }

    /// Whether a path matches. Leading `./` is ignored.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<&str> = split(path).collect();
        self.alternatives.iter().any(|names| matches_names(names, &path))
    }

    /// The folder that holds all matches: the names in front of the first with a wildcard, without
    /// the last. Empty if the search starts at the top.
    pub fn folder(&self) -> String {
        let literal = |names: &[Name]| {
            let mut folder: Vec<String> = Vec::new();
            for name in names.iter().take(names.len().saturating_sub(1)) {
                let Name::Pattern(tokens) = name else { break };
                let text: Option<String> = tokens
                    .iter()
                    .map(|token| if let Token::Char(c) = token { Some(*c) } else { None })
                    .collect();
                let Some(text) = text else { break };
                folder.push(text);
            }
            folder.join("/")
        };
        match self.alternatives.as_slice() {
            [one] => literal(one),
            _ => String::new(),
        }
    }
}

/// Which of the files below a folder an output takes.
#[derive(Clone, Debug)]
pub struct Selection {
    include: Vec<Glob>,
    exclude: Vec<Glob>,
}

impl Selection {
    /// Compiles both lists.
    ///
    /// # Errors
    /// As [`Glob::new`].
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, String> {
        let compile = |patterns: &[String]| -> Result<Vec<Glob>, String> {
            patterns.iter().map(|pattern| Glob::new(pattern)).collect()
        };
        Ok(Self { include: compile(include)?, exclude: compile(exclude)? })
    }

    /// Whether a file is taken: some pattern matches and no exclusion does. A pattern that names
    /// a folder takes nothing: `dir/**/*` takes what is below it.
    pub fn takes(&self, path: &str) -> bool {
        self.include.iter().any(|glob| glob.matches(path))
            && !self.exclude.iter().any(|glob| glob.matches(path))
    }

    /// The patterns of files that none of `paths` matches, by index, for messages like CodeBuild's
    /// "no matching artifact paths found".
    pub fn unmatched<'a>(&self, paths: impl Iterator<Item = &'a str> + Clone) -> Vec<usize> {
        let unmatched = |(index, glob): (usize, &Glob)| {
            (!paths.clone().any(|path| glob.matches(path))).then_some(index)
        };
        self.include.iter().enumerate().filter_map(unmatched).collect()
    }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty() && *name != ".")
}

fn names(pattern: &str) -> Result<Vec<Name>, String> {
    let names = split(pattern)
        .map(|name| match name {
            "**" => Ok(Name::Folders),
            ".." => Err("leads out of its folder with \"..\"".to_owned()),
            _ => tokens(name).map(Name::Pattern),
        })
        .collect::<Result<Vec<_>, String>>()?;
    if names.is_empty() { Err("names nothing".to_owned()) } else { Ok(names) }
}

fn tokens(name: &str) -> Result<Vec<Token>, String> {
    let mut chars = name.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' => {
                while chars.next_if_eq(&'*').is_some() {}
                Token::Any
            }
            '?' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            '[' => {
                let negated = chars.next_if(|c| matches!(c, '!' | '^')).is_some();
                let mut ranges = Vec::new();
                loop {
                    let Some(from) = chars.next() else { return Err("has an open [".to_owned()) };
                    if from == ']' && !ranges.is_empty() {
                        break;
                    }
                    let mut to = from;
                    if chars.peek() == Some(&'-') {
                        let mut ahead = chars.clone();
                        ahead.next();
                        if let Some(end) = ahead.next().filter(|end| *end != ']') {
                            to = end;
                            chars = ahead;
                        }
                    }
                    ranges.push((from, to));
                }
                Token::Class { negated, ranges }
            }
            c => Token::Char(c),
        });
    }
    Ok(tokens)
}

/// `a{b,c}` → `ab`, `ac`. Inner braces are expanded too.
fn expand(pattern: &str) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() >= MAX_ALTERNATIVES {
            return Err(format!(
                "the file pattern {pattern:?} has more than {MAX_ALTERNATIVES} alternatives"
            ));
        }
        let Some(start) = pattern.find('{') else {
            done.push(pattern);
            continue;
        };
        let (head, rest) = pattern.split_at(start);
        let (choices, tail) =
            choices(rest).ok_or_else(|| format!("the file pattern {pattern:?} has an open {{"))?;
        open.extend(choices.iter().rev().map(|choice| format!("{head}{choice}{tail}")));
    }
    Ok(done)
}

/// Splits `{a,b{c,d}}tail` into its choices and the tail.
fn choices(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut depth = 0_usize;
    let mut from = 1;
    let mut choices = Vec::new();
    for (index, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => {
                choices.push(text.get(from..index)?);
                from = index + 1;
            }
            '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    choices.push(text.get(from..index)?);
                    return Some((choices, text.get(index + 1..)?));
                }
            }
            _ => {}
        }
    }
    None
}

/// One row of the table "pattern × path", so that many `**` cost no more than their number times
/// the path's length.
fn matches_names(names: &[Name], path: &[&str]) -> bool {
    // reachable[i]: the names so far match the first i names of the path.
    let mut reachable = vec![false; path.len() + 1];
    if let Some(first) = reachable.first_mut() {
        *first = true;
    }
    for name in names {
        let mut next = vec![false; path.len() + 1];
        let mut any = false;
        for (index, slot) in next.iter_mut().enumerate() {
            let here = reachable.get(index).copied().unwrap_or(false);
            match name {
                Name::Folders => {
                    any |= here;
                    *slot = any;
                }
                Name::Pattern(tokens) => {
                    let before = index.checked_sub(1);
                    *slot = before.is_some_and(|before| {
                        reachable.get(before).copied().unwrap_or(false)
                            && path.get(before).is_some_and(|text| matches_name(tokens, text))
                    });
                }
            }
        }
        reachable = next;
    }
    reachable.last().copied().unwrap_or(false)
}

/// Backtracks to the last `*` only, which is enough within one name.
fn matches_name(tokens: &[Token], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut token, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        let here = text.get(at).copied().unwrap_or_default();
        match tokens.get(token) {
            Some(Token::Any) => {
                star = Some((token, at));
                token += 1;
            }
            Some(one) if matches_char(one, here) => {
                token += 1;
                at += 1;
            }
            _ => match star {
                Some((star_token, star_at)) => {
                    star = Some((star_token, star_at + 1));
                    token = star_token + 1;
                    at = star_at + 1;
                }
                None => return false,
            },
        }
    }
    tokens.iter().skip(token).all(|token| matches!(token, Token::Any))
}

fn matches_char(token: &Token, c: char) -> bool {
    match token {
        Token::Any => false,
        Token::One => true,
        Token::Char(wanted) => *wanted == c,
        Token::Class { negated, ranges } => {
            ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        for (pattern, path, want) in [
            ("**/*", "a", true),
            ("**/*", "a/b/c", true),
            ("**/*", ".ebextensions/x.config", true),
            ("*", "a", true),
            ("*", "a/b", false),
            ("dir/*", "dir/a", true),
            ("dir/*", "dir/a/b", false),
            ("dir/**", "dir/a/b", true),
            ("dir/**/*", "dir/a", true),
            ("dir/**/*", "dir/a/b/c", true),
            ("dir/**/*", "other/a", false),
            ("**/*.jar", "target/x.jar", true),
            ("**/*.jar", "x.jar", true),
            ("**/*.jar", "x.jar.txt", false),
            ("./app.py", "app.py", true),
            ("app.py", "./app.py", true),
            ("build/app.py", "app.py", false),
            ("**/.*", "a/.env", true),
            ("**/.*", "a/env", false),
            ("**/node_modules/**/*", "x/node_modules/y/z", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[ab]*", "bar", true),
            ("[!ab]*", "bar", false),
            ("[a-c]x", "bx", true),
            ("[]]", "]", true),
            ("*.{js,css}", "x.css", true),
            ("*.{js,css}", "x.html", false),
            ("{a,b{c,d}}/x", "bd/x", true),
            (r"\*", "*", true),
            (r"\*", "a", false),
            ("ünïc*", "ünïcode", true),
            ("a*b*c", "a_b_b_c", true),
            ("a*b*c", "a_c_b", false),
            ("**", "anything/at/all", true),
        ] {
            let glob = Glob::new(pattern).unwrap();
            assert_eq!(glob.matches(path), want, "{pattern} {path}");
        }
    }

    #[test]
    fn bad_patterns() {
        for pattern in
            ["", "/", "[a", "{a", "a}{", "../x", "a/../b", &"{a,b}".repeat(7), &"a".repeat(2000)]
        {
            assert!(Glob::new(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn folders() {
        for (pattern, folder) in [
            ("a/b/*.txt", "a/b"),
            ("*", ""),
            ("a", ""),
            ("a/*/b", "a"),
            ("{a,b}/c", ""),
            ("a/**", "a"),
        ] {
            assert_eq!(Glob::new(pattern).unwrap().folder(), folder, "{pattern}");
        }
    }

    #[test]
    fn many_wildcards_are_not_slow() {
        let glob = Glob::new(&format!("{}z", "**/a*/".repeat(100))).unwrap();
        assert!(!glob.matches(&"a/".repeat(2000)));
        let glob = Glob::new(&"*a".repeat(500)).unwrap();
        assert!(!glob.matches(&"a".repeat(20_000).replace("aaaa", "aaab")));
    }

    #[test]
    fn selections() {
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        let selection =
            Selection::new(&list(&["**/*", "gone.txt"]), &list(&["**/.*", ".git/**/*"])).unwrap();
        assert!(selection.takes("a/b"));
        assert!(!selection.takes(".git/config"));
        assert!(!selection.takes("a/.env"));
        assert_eq!(selection.unmatched(["a/b"].into_iter()), [1]);
    }
}
