//! Condition operators: how one value of the request is held against the policy's values.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use types::Timestamp;

use super::context::Context;
use super::pattern::{Pattern, Syntax};

/// An operator's comparison with the policy's values, compiled.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Text {
        patterns: Vec<Pattern>,
        fold: bool,
    },
    Number(Comparison, Vec<Number>),
    /// Milliseconds since the epoch.
    Date(Comparison, Vec<i64>),
    Bool(Vec<bool>),
    Binary(Vec<Vec<u8>>),
    Ip(Vec<Network>),
    /// Whether the key must be absent.
    Null(Vec<bool>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// An operator's name without quantifier and `IfExists`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Text { syntax: Syntax, fold: bool },
    Number(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    Ip,
    Null,
}

/// An operator by its base name: the family, and whether it is negated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator {
    family: Family,
    pub(crate) negated: bool,
}

impl Operator {
    /// Finds an operator; names are taken in any case, as IAM takes them.
    pub(crate) fn named(name: &str) -> Option<Self> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
        use Family::{Binary, Bool, Date, Ip, Null, Number};
        let text = |syntax, fold| Family::Text { syntax, fold };
        let (plain, glob, arn) =
            (text(Syntax::Plain, false), text(Syntax::Glob, false), text(Syntax::Arn, false));
        let (family, negated) = match name.to_ascii_lowercase().as_str() {
            "stringequals" => (plain, false),
            "stringnotequals" => (plain, true),
            "stringequalsignorecase" => (text(Syntax::Plain, true), false),
            "stringnotequalsignorecase" => (text(Syntax::Plain, true), true),
            "stringlike" => (glob, false),
            "stringnotlike" => (glob, true),
            "arnequals" | "arnlike" => (arn, false),
            "arnnotequals" | "arnnotlike" => (arn, true),
            "numericequals" => (Number(Equal), false),
            "numericnotequals" => (Number(Equal), true),
            "numericlessthan" => (Number(Less), false),
            "numericlessthanequals" => (Number(LessOrEqual), false),
            "numericgreaterthan" => (Number(Greater), false),
            "numericgreaterthanequals" => (Number(GreaterOrEqual), false),
            "dateequals" => (Date(Equal), false),
            "datenotequals" => (Date(Equal), true),
            "datelessthan" => (Date(Less), false),
            "datelessthanequals" => (Date(LessOrEqual), false),
            "dategreaterthan" => (Date(Greater), false),
            "dategreaterthanequals" => (Date(GreaterOrEqual), false),
            "bool" => (Bool, false),
            "binaryequals" => (Binary, false),
            "ipaddress" => (Ip, false),
            "notipaddress" => (Ip, true),
            "null" => (Null, false),
            _ => return None,
        };
        Some(Self { family, negated })
    }

    pub(crate) fn is_null(self) -> bool {
        self.family == Family::Null
    }

    /// Compiles the policy's values. Fails with the first that the operator cannot compare.
    pub(crate) fn compile<'v>(self, values: &[&'v str], variables: bool) -> Result<Test, &'v str> {
        fn all<'v, T>(
            values: &[&'v str],
            parse: impl Fn(&str) -> Option<T>,
        ) -> Result<Vec<T>, &'v str> {
            values.iter().map(|value| parse(value).ok_or(*value)).collect()
        }
        Ok(match self.family {
            Family::Text { syntax, fold } => Test::Text {
                patterns: all(values, |value| Pattern::parse(value, syntax, variables).ok())?,
                fold,
            },
            Family::Number(comparison) => Test::Number(comparison, all(values, Number::parse)?),
            Family::Date(comparison) => Test::Date(comparison, all(values, parse_date)?),
            Family::Bool => Test::Bool(all(values, parse_bool)?),
            Family::Null => Test::Null(all(values, parse_bool)?),
            Family::Binary => Test::Binary(all(values, |value| STANDARD.decode(value).ok())?),
            Family::Ip => Test::Ip(all(values, Network::parse)?),
        })
    }
}

/// What comparing one value of the request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// One of the policy's values fits.
    pub(crate) matched: bool,
    /// One of the policy's values has a variable without a value, and could not be compared.
    pub(crate) unresolved: bool,
}

impl Test {
    /// Whether a value of the request fits any of the policy's. A value that is not of the
    /// operator's type fits none.
    pub(crate) fn matches(&self, value: &str, context: &Context) -> Outcome {
        let mut unresolved = false;
        let matched = match self {
            Self::Text { patterns, fold } => patterns.iter().any(|pattern| {
                let matched = pattern.matches(value, *fold, context);
                unresolved |= matched.is_none();
                matched == Some(true)
            }),
            Self::Number(comparison, wanted) => Number::parse(value).is_some_and(|value| {
                wanted
                    .iter()
                    .any(|want| value.compare(want).is_some_and(|order| comparison.holds(order)))
            }),
            Self::Date(comparison, wanted) => parse_date(value)
                .is_some_and(|value| wanted.iter().any(|want| comparison.holds(value.cmp(want)))),
            Self::Bool(wanted) => parse_bool(value).is_some_and(|value| wanted.contains(&value)),
            Self::Binary(wanted) => {
                STANDARD.decode(value).is_ok_and(|value| wanted.contains(&value))
            }
            Self::Ip(wanted) => value
                .parse()
                .is_ok_and(|value| wanted.iter().any(|network| network.contains(value))),
            // Absence is decided before any value is looked at.
            Self::Null(_) => false,
        };
        Outcome { matched, unresolved }
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn parse_date(text: &str) -> Option<i64> {
    Timestamp::parse(text).ok().map(Timestamp::millis)
}

/// A number. Whole ones are compared exactly, for account-sized numbers exceed what a double
/// holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    Whole(i128),
    Fraction(f64),
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        text.parse::<f64>().ok().filter(|number| plain && number.is_finite()).map(Self::Fraction)
    }

    fn compare(&self, other: &Self) -> Option<Ordering> {
        let double = |number: &Self| match number {
            Self::Whole(whole) => *whole as f64,
            Self::Fraction(fraction) => *fraction,
        };
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => Some(a.cmp(b)),
            _ => double(self).partial_cmp(&double(other)),
        }
    }
}

/// An address range: `203.0.113.0/24`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Network {
    address: u128,
    mask: u128,
    v4: bool,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let (address, v4) = to_bits(address.parse().ok()?);
        let width: u32 = if v4 { 32 } else { 128 };
        let bits = match bits {
            Some(bits) if bits.bytes().all(|b| b.is_ascii_digit()) => bits.parse().ok()?,
            Some(_) => return None,
            None => width,
        };
        let host_bits = width.checked_sub(bits)?;
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        Some(Self { address: address & mask, mask, v4 })
    }

    fn contains(&self, address: IpAddr) -> bool {
        let (address, v4) = to_bits(address);
        v4 == self.v4 && address & self.mask == self.address
    }
}

/// An address as a number. IPv4 addresses that a dual-stack socket shows in IPv6 form are IPv4.
fn to_bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), true),
        IpAddr::V6(address) => (address.to_bits(), false),
    }
}
