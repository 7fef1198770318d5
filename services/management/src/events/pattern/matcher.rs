//! What one member may be.

use std::net::IpAddr;

use serde_json::{Map, Value};

/// One entry of a pattern's list.
#[derive(Debug)]
pub(super) enum Matcher {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
    Exists(bool),
    Prefix(Part),
    Suffix(Part),
    EqualsIgnoringCase(String),
    Wildcard(Vec<String>),
    Numeric(Vec<(Comparison, f64)>),
    Cidr(Network),
    AnythingBut(Vec<Matcher>),
}

/// The beginning or end of a text.
#[derive(Debug)]
pub(super) struct Part {
    text: String,
    ignoring_case: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A range of IP addresses.
#[derive(Debug)]
pub(super) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Matcher {
    pub fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Object(object) => {
                let mut members = object.iter();
                match (members.next(), members.next()) {
                    (Some((operator, operand)), None) => Self::operator(operator, operand),
                    _ => Err("a match object must have exactly one operator".to_owned()),
                }
            }
            Value::Array(_) => Err("arrays in arrays are not allowed".to_owned()),
            _ => Self::literal(value),
        }
    }

    fn literal(value: &Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(Self::Text(text.clone())),
            Value::Number(number) => number
                .as_f64()
                .map(Self::Number)
                .ok_or_else(|| format!("the number {number} is out of range")),
            Value::Bool(truth) => Ok(Self::Bool(*truth)),
            Value::Null => Ok(Self::Null),
            _ => Err("a text, number, truth value or null is expected".to_owned()),
        }
    }

    fn operator(operator: &str, operand: &Value) -> Result<Self, String> {
        match operator {
            "exists" => match operand {
                Value::Bool(exists) => Ok(Self::Exists(*exists)),
                _ => Err("exists must be true or false".to_owned()),
            },
            "prefix" => Part::parse(operator, operand).map(Self::Prefix),
            "suffix" => Part::parse(operator, operand).map(Self::Suffix),
            "equals-ignore-case" => {
                text(operator, operand).map(|it| Self::EqualsIgnoringCase(it.to_lowercase()))
            }
            "wildcard" => wildcard(text(operator, operand)?).map(Self::Wildcard),
            "numeric" => numeric(operand).map(Self::Numeric),
            "cidr" => Network::parse(text(operator, operand)?).map(Self::Cidr),
            "anything-but" => anything_but(operand).map(Self::AnythingBut),
            _ => Err(format!("unrecognized match type {operator}")),
        }
    }

    /// Whether an event's member fits; `None` where the event has none.
    pub fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            // Exists looks at leaves only.
            (Self::Exists(wanted), value) => *wanted == is_leaf(value),
            (_, None) => false,
            (_, Some(Value::Array(items))) => items.iter().any(|it| self.matches(Some(it))),
            (_, Some(value)) => self.fits(value),
        }
    }

    fn fits(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::AnythingBut(unwanted), value) => {
                !value.is_object() && !unwanted.iter().any(|it| it.fits(value))
            }
            (Self::Null, value) => value.is_null(),
            (Self::Bool(wanted), Value::Bool(found)) => wanted == found,
            (Self::Number(wanted), Value::Number(found)) => found.as_f64() == Some(*wanted),
            (Self::Numeric(wanted), Value::Number(found)) => match found.as_f64() {
                Some(found) => {
                    wanted.iter().all(|(comparison, than)| comparison.holds(found, *than))
                }
                None => false,
            },
            (Self::Text(wanted), Value::String(found)) => wanted == found,
            (Self::Prefix(part), Value::String(found)) => part.begins(found),
            (Self::Suffix(part), Value::String(found)) => part.ends(found),
            (Self::EqualsIgnoringCase(wanted), Value::String(found)) => {
                found.to_lowercase() == *wanted
            }
            (Self::Wildcard(pieces), Value::String(found)) => matches_pieces(pieces, found),
            (Self::Cidr(network), Value::String(found)) => {
                found.parse().is_ok_and(|address| network.holds(address))
            }
            _ => false,
        }
    }
}

fn is_leaf(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Object(_)) => false,
        Some(Value::Array(items)) => items.iter().any(|it| is_leaf(Some(it))),
        Some(_) => true,
    }
}

fn text<'a>(operator: &str, operand: &'a Value) -> Result<&'a str, String> {
    operand.as_str().ok_or_else(|| format!("{operator} must be a string"))
}

impl Part {
    fn parse(operator: &str, operand: &Value) -> Result<Self, String> {
        let (operand, ignoring_case) = match operand {
            Value::Object(object) => match only(object, "equals-ignore-case") {
                Some(operand) => (operand, true),
                None => return Err(format!("{operator} takes a string or equals-ignore-case")),
            },
            operand => (operand, false),
        };
        let part = text(operator, operand)?;
        let text = if ignoring_case { part.to_lowercase() } else { part.to_owned() };
        Ok(Self { text, ignoring_case })
    }

    fn begins(&self, found: &str) -> bool {
        match self.ignoring_case {
            true => found.to_lowercase().starts_with(&self.text),
            false => found.starts_with(&self.text),
        }
    }

    fn ends(&self, found: &str) -> bool {
        match self.ignoring_case {
            true => found.to_lowercase().ends_with(&self.text),
            false => found.ends_with(&self.text),
        }
    }
}

/// The member of that name, where there is no other.
fn only<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if object.len() == 1 { object.get(name) } else { None }
}

fn anything_but(operand: &Value) -> Result<Vec<Matcher>, String> {
    match operand {
        Value::Array(items) if items.is_empty() => {
            Err("anything-but must not be an empty array".to_owned())
        }
        Value::Array(items) => items.iter().map(Matcher::literal).collect(),
        Value::Object(object) => {
            let mut members = object.iter();
            let (Some((operator, operand)), None) = (members.next(), members.next()) else {
                return Err("anything-but takes exactly one operator".to_owned());
            };
            if !matches!(operator.as_str(), "prefix" | "suffix" | "equals-ignore-case" | "wildcard")
            {
                return Err(format!("anything-but cannot take {operator}"));
            }
            match operand {
                Value::Array(items) if items.is_empty() => {
                    Err(format!("{operator} must not be an empty array"))
                }
                Value::Array(items) => {
                    items.iter().map(|item| Matcher::operator(operator, item)).collect()
                }
                operand => Ok(vec![Matcher::operator(operator, operand)?]),
            }
        }
        operand => Ok(vec![Matcher::literal(operand)?]),
    }
}

fn numeric(operand: &Value) -> Result<Vec<(Comparison, f64)>, String> {
    let wrong = || "numeric takes an operator and a number, once or twice".to_owned();
    let Value::Array(items) = operand else { return Err(wrong()) };
    let mut comparisons = Vec::new();
    for pair in items.chunks(2) {
        let [operator, number] = pair else { return Err(wrong()) };
        let comparison = match operator.as_str() {
            Some("=") => Comparison::Equal,
            Some("<") => Comparison::Less,
            Some("<=") => Comparison::LessOrEqual,
            Some(">") => Comparison::Greater,
            Some(">=") => Comparison::GreaterOrEqual,
            _ => return Err(wrong()),
        };
        comparisons.push((comparison, number.as_f64().ok_or_else(wrong)?));
    }
    let lower = |it: Comparison| matches!(it, Comparison::Greater | Comparison::GreaterOrEqual);
    let upper = |it: Comparison| matches!(it, Comparison::Less | Comparison::LessOrEqual);
    match comparisons.as_slice() {
        [_] => Ok(comparisons),
        [(first, low), (second, high)] if lower(*first) && upper(*second) => match low < high {
            true => Ok(comparisons),
            false => Err("the bottom of a numeric range must be below its top".to_owned()),
        },
        _ => Err(wrong()),
    }
}

impl Comparison {
    fn holds(self, found: f64, than: f64) -> bool {
        match self {
            Self::Equal => found == than,
            Self::Less => found < than,
            Self::LessOrEqual => found <= than,
            Self::Greater => found > than,
            Self::GreaterOrEqual => found >= than,
        }
    }
}

/// The pieces between the stars; a backslash takes a star or a backslash as it is.
fn wildcard(text: &str) -> Result<Vec<String>, String> {
    let mut pieces = vec![String::new()];
    let mut letters = text.chars();
    let mut star_before = false;
    while let Some(letter) = letters.next() {
        if letter == '*' {
            if star_before {
                return Err("consecutive wildcard characters are not allowed".to_owned());
            }
            pieces.push(String::new());
            star_before = true;
            continue;
        }
        star_before = false;
        let letter = match letter {
            '\\' => match letters.next() {
                Some(next @ ('*' | '\\')) => next,
                _ => return Err("a backslash must be followed by * or another one".to_owned()),
            },
            letter => letter,
        };
        if let Some(piece) = pieces.last_mut() {
            piece.push(letter);
        }
    }
    Ok(pieces)
}

fn matches_pieces(pieces: &[String], text: &str) -> bool {
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

impl Network {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is not a range of IP addresses, as in 10.0.0.0/24");
        let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits: u32 = bits.parse().map_err(|_| wrong())?;
        match bits <= if address.is_ipv4() { 32 } else { 128 } {
            true => Ok(Self { address, bits }),
            false => Err(wrong()),
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        let (network, address, width) = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (u128::from(network.to_bits()), u128::from(address.to_bits()), 32)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits(), address.to_bits(), 128)
            }
            _ => return false,
        };
        // A shift by the whole width is none that the processor knows.
        let shift = |it: u128| it.checked_shr(width - self.bits).unwrap_or(0);
        shift(network) == shift(address)
    }
}
