//! Conditions on JSON: `{ ($.level = "ERROR") && ($.latency > 500 || $.user.id NOT EXISTS) }`.

use regex_lite::Regex;
use serde_json::Value;

use super::{regex, text};

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 32;

/// A condition.
#[derive(Debug)]
pub(in super::super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Test(Selector, Test),
}

/// `$.a.b[0]['c d'].*`
#[derive(Debug)]
pub(in super::super) struct Selector(Vec<Part>);

#[derive(Debug)]
enum Part {
    Member(String),
    Item(usize),
    /// `*`: any member or item.
    Any,
}

#[derive(Debug)]
pub(in super::super) enum Test {
    Equals(Operand),
    Differs(Operand),
    Less(f64),
    LessOrEqual(f64),
    Greater(f64),
    GreaterOrEqual(f64),
    IsNull,
    IsTrue,
    IsFalse,
    Exists,
    NotExists,
}

#[derive(Debug)]
pub(in super::super) enum Operand {
    Number(f64),
    /// Text with `*` for anything; its pieces between the stars.
    Text(Vec<String>),
    Regex(Regex),
}

impl Condition {
    pub fn matches(&self, document: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|it| it.matches(document)),
            Self::Any(any) => any.iter().any(|it| it.matches(document)),
            Self::Test(selector, Test::NotExists) => !selector.reaches(document, &mut |_| true),
            Self::Test(selector, test) => selector.reaches(document, &mut |it| test.holds(it)),
        }
    }
}

impl Selector {
    /// Whether some value that the selector names fulfils `test`.
    fn reaches(&self, document: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
        fn walk(parts: &[Part], value: &Value, test: &mut dyn FnMut(&Value) -> bool) -> bool {
            let Some((part, rest)) = parts.split_first() else { return test(value) };
            match (part, value) {
                (Part::Member(name), Value::Object(members)) => {
                    members.get(name).is_some_and(|it| walk(rest, it, test))
                }
                (Part::Item(at), Value::Array(items)) => {
                    items.get(*at).is_some_and(|it| walk(rest, it, test))
                }
                (Part::Any, Value::Array(items)) => items.iter().any(|it| walk(rest, it, test)),
                (Part::Any, Value::Object(members)) => {
                    members.values().any(|it| walk(rest, it, test))
                }
                _ => false,
            }
        }
        walk(&self.0, document, test)
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        let number = |holds: &dyn Fn(f64) -> bool| value.as_f64().is_some_and(holds);
        match self {
            Self::Equals(operand) => operand.equals(value),
            Self::Differs(operand) => !operand.equals(value),
            Self::Less(than) => number(&|it| it < *than),
            Self::LessOrEqual(than) => number(&|it| it <= *than),
            Self::Greater(than) => number(&|it| it > *than),
            Self::GreaterOrEqual(than) => number(&|it| it >= *than),
            Self::IsNull => value.is_null(),
            Self::IsTrue => value.as_bool() == Some(true),
            Self::IsFalse => value.as_bool() == Some(false),
            Self::Exists => true,
            Self::NotExists => false,
        }
    }
}

impl Operand {
    fn equals(&self, value: &Value) -> bool {
        match self {
            Self::Number(number) => value.as_f64() == Some(*number),
            Self::Text(pieces) => match value {
                Value::String(text) => matches_stars(pieces, text),
                Value::Number(number) => matches_stars(pieces, &number.to_string()),
                Value::Bool(truth) => matches_stars(pieces, if *truth { "true" } else { "false" }),
                _ => false,
            },
            Self::Regex(regex) => match value {
                Value::String(text) => regex.is_match(text),
                Value::Number(number) => regex.is_match(&number.to_string()),
                _ => false,
            },
        }
    }
}

/// Whether the text is the pieces with anything between them.
fn matches_stars(pieces: &[String], text: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return text.is_empty() };
    let Some((last, middle)) = rest.split_last() else { return text == first };
    let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        match text.find(piece.as_str()) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last.as_str())
}

pub(super) fn parse(text: &str) -> Result<Condition, String> {
    let inside = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or("a JSON pattern must end with }")?;
    let mut parser = Parser { rest: inside };
    let condition = parser.alternatives(0)?;
    match parser.rest.trim() {
        "" => Ok(condition),
        rest => Err(format!("nothing may stand behind the condition, but there is {rest:?}")),
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let found = rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        let after = rest.get(word.len()..).unwrap_or_default();
        let whole = !after.chars().next().is_some_and(char::is_alphanumeric);
        if found && whole {
            self.rest = after;
        }
        found && whole
    }

    fn alternatives(&mut self, depth: usize) -> Result<Condition, String> {
        let mut any = vec![self.conjunction(depth)?];
        while self.take("||") {
            any.push(self.conjunction(depth)?);
        }
        Ok(if any.len() == 1 { any.swap_remove(0) } else { Condition::Any(any) })
    }

    fn conjunction(&mut self, depth: usize) -> Result<Condition, String> {
        let mut all = vec![self.operand(depth)?];
        while self.take("&&") {
            all.push(self.operand(depth)?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Condition::All(all) })
    }

    fn operand(&mut self, depth: usize) -> Result<Condition, String> {
        if depth > MAX_DEPTH {
            return Err(format!("parentheses nest deeper than {MAX_DEPTH}"));
        }
        if self.take("(") {
            let condition = self.alternatives(depth + 1)?;
            return match self.take(")") {
                true => Ok(condition),
                false => Err("a closing parenthesis is missing".to_owned()),
            };
        }
        let selector = self.selector()?;
        Ok(Condition::Test(selector, self.test()?))
    }

    fn selector(&mut self) -> Result<Selector, String> {
        if !self.take("$") {
            return Err(format!("a selector must begin with $, but there is {:?}", self.rest));
        }
        let mut parts = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('.') {
                let end = rest
                    .find(|it: char| !it.is_alphanumeric() && !matches!(it, '_' | '-' | '*' | '@'))
                    .unwrap_or(rest.len());
                let (name, rest) = rest.split_at(end);
                match name {
                    "" => return Err("a member's name is missing behind a dot".to_owned()),
                    "*" => parts.push(Part::Any),
                    name if name.contains('*') => {
                        return Err(format!("the selector .{name} is not supported: only .* is"));
                    }
                    name => parts.push(Part::Member(name.to_owned())),
                }
                self.rest = rest;
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                let (inside, rest) =
                    rest.split_once(']').ok_or("a closing bracket is missing in a selector")?;
                let inside = inside.trim();
                let name = ['\'', '"'].iter().find_map(|&mark| {
                    inside.strip_prefix(mark).and_then(|it| it.strip_suffix(mark))
                });
                parts.push(match (name, inside) {
                    (Some(name), _) => Part::Member(name.to_owned()),
                    (None, "*") => Part::Any,
                    (None, index) => {
                        Part::Item(index.parse().map_err(|_| format!("[{index}] is not an index"))?)
                    }
                });
                self.rest = rest;
            } else {
                break;
            }
        }
        match parts.is_empty() {
            true => Err("a selector must name a member, as in $.name".to_owned()),
            false => Ok(Selector(parts)),
        }
    }

    fn test(&mut self) -> Result<Test, String> {
        if self.take_word("IS") {
            return match () {
                () if self.take_word("NULL") => Ok(Test::IsNull),
                () if self.take_word("TRUE") => Ok(Test::IsTrue),
                () if self.take_word("FALSE") => Ok(Test::IsFalse),
                () => Err("IS must be followed by NULL, TRUE or FALSE".to_owned()),
            };
        }
        if self.take_word("NOT") {
            return match self.take_word("EXISTS") {
                true => Ok(Test::NotExists),
                false => Err("NOT must be followed by EXISTS".to_owned()),
            };
        }
        if self.take_word("EXISTS") {
            return Ok(Test::Exists);
        }
        // Longer operators first.
        for (operator, test) in [
            ("<=", Test::LessOrEqual as fn(f64) -> Test),
            (">=", Test::GreaterOrEqual),
            ("<", Test::Less),
            (">", Test::Greater),
        ] {
            if self.take(operator) {
                return match self.value()? {
                    Operand::Number(number) => Ok(test(number)),
                    _ => Err(format!("{operator} must be followed by a number")),
                };
            }
        }
        if self.take("!=") {
            return self.value().map(Test::Differs);
        }
        if self.take("=") {
            return self.value().map(Test::Equals);
        }
        Err(format!("an operator is missing before {:?}", self.rest))
    }

    fn value(&mut self) -> Result<Operand, String> {
        let rest = self.rest.trim_start();
        if let Some(rest) = rest.strip_prefix('"') {
            let (value, rest) = text::quoted(rest)?;
            self.rest = rest;
            return Ok(Operand::Text(value.split('*').map(str::to_owned).collect()));
        }
        if let Some(rest) = rest.strip_prefix('%') {
            let (expression, rest) =
                rest.split_once('%').ok_or("a regular expression lacks its closing %")?;
            self.rest = rest;
            return regex::compile(expression).map(Operand::Regex);
        }
        let end = rest
            .find(|it: char| it.is_whitespace() || matches!(it, ')' | '(' | '&' | '|' | '}'))
            .unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        if word.is_empty() {
            return Err("a value is missing behind an operator".to_owned());
        }
        match word.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Operand::Number(number)),
            _ => Ok(Operand::Text(word.split('*').map(str::to_owned).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_hold() {
        let document = json!({
            "eventType": "UpdateTrail", "sourceIPAddress": "111.111.111.111", "n": 4.5, "code": 404,
            "arrayKey": ["value", "another value"], "ok": true, "nothing": null,
            "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}], "a b": {"c.d": "x"},
        });
        for yes in [
            r#"{ $.eventType = "UpdateTrail" }"#,
            "{ $.eventType = UpdateTrail }",
            "{$.eventType=Update*}",
            "{ $.sourceIPAddress != 123.123.* }",
            r#"{ $.arrayKey[0] = "value" }"#,
            "{ $.objectList[1].id = 2 }",
            "{ $.objectList[*].id = 2 }",
            "{ $.n > 4 && $.n <= 4.5 && $.n = 4.5e0 }",
            "{ $.code = 4* }",
            "{ $.nothing IS NULL }",
            "{ $.ok IS TRUE }",
            "{ $.missing NOT EXISTS }",
            "{ $.missing = 1 || ($.code = 404 && $.ok IS TRUE) }",
            "{ ($.code = 404) && ($.eventType = %^Update%) }",
            "{ $['a b']['c.d'] = x }",
            "{ $.*.id NOT EXISTS }",
        ] {
            let condition = parse(yes).unwrap_or_else(|error| panic!("{yes}: {error}"));
            assert!(condition.matches(&document), "{yes}");
        }
        for no in [
            "{ $.eventType = updateTrail }",
            "{ $.missing = 1 }",
            "{ $.missing != 1 }",
            "{ $.nothing NOT EXISTS }",
            "{ $.ok IS FALSE }",
            "{ $.eventType > 5 }",
            "{ $.code = 404 && $.ok IS FALSE || $.n < 1 }",
            "{ $.arrayKey[7] = value }",
        ] {
            assert!(!parse(no).unwrap().matches(&document), "{no}");
        }
    }

    #[test]
    fn bad_conditions_are_refused() {
        let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(100), ")".repeat(100));
        for bad in [
            "{",
            "{}",
            "{ $ = 1 }",
            "{ $.a }",
            "{ $.a = }",
            "{ $.a < x }",
            "{ $.a = 1",
            "{ a = 1 }",
            "{ $.a = 1 } x",
            "{ ($.a = 1 }",
            "{ $.a IS 5 }",
            "{ $.a[x] = 1 }",
            "{ $.a = 1 && }",
            "{ $.a = %(% }",
            "{ $.a NOT 1 }",
            &deep,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        let pieces = |pattern: &str| pattern.split('*').map(str::to_owned).collect::<Vec<_>>();
        for (pattern, text, matches) in [
            ("a", "a", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "ac", true),
            ("a*a", "a", false),
            ("*b*", "abc", true),
            ("*", "", true),
            ("a**c", "abc", true),
            ("a*b*c", "aXbYc", true),
            ("a*b", "ac", false),
        ] {
            assert_eq!(matches_stars(&pieces(pattern), text), matches, "{pattern} {text}");
        }
    }
}
