//! The request context: what condition keys and policy variables refer to.

use std::borrow::Cow;

/// Condition keys of one request with their values. Keys are compared without regard to case,
/// tag keys in them (`aws:ResourceTag/Team`) included, as IAM does.
#[derive(Clone, Debug, Default)]
pub struct Context {
    entries: Vec<(Cow<'static, str>, Values)>,
}

#[derive(Clone, Debug)]
enum Values {
    One(String),
    Many(Vec<String>),
}

impl Context {
    /// No keys at all.
    pub fn new() -> Self {
        Self { entries: Vec::with_capacity(16) }
    }

    /// Gives a key its one value, in place of whatever it had.
    pub fn set(&mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        self.put(key.into(), Values::One(value.into()));
    }

    /// Gives a multivalued key (`aws:TagKeys`, `codecommit:References`) its values. Without any
    /// the key counts as absent.
    pub fn set_many(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        values: impl IntoIterator<Item = impl Into<String>>,
    ) {
        self.put(key.into(), Values::Many(values.into_iter().map(Into::into).collect()));
    }

    fn put(&mut self, key: Cow<'static, str>, values: Values) {
        match self.entries.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(&key)) {
            Some((_, old)) => *old = values,
            None => self.entries.push((key, values)),
        }
    }

    /// The values of a key; none where it is absent.
    pub fn get(&self, key: &str) -> &[String] {
        match self.entries.iter().find(|(other, _)| other.eq_ignore_ascii_case(key)) {
            Some((_, Values::One(value))) => std::slice::from_ref(value),
            Some((_, Values::Many(values))) => values,
            None => &[],
        }
    }

    /// The value of a key that has exactly one; policy variables can refer to no other.
    pub(crate) fn single(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            [value] => Some(value),
            _ => None,
        }
    }

    /// Every key with its values, in the order in which they were first set.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries.iter().map(|(key, values)| {
            let values = match values {
                Values::One(value) => std::slice::from_ref(value),
                Values::Many(values) => values.as_slice(),
            };
            (key.as_ref(), values)
        })
    }
}
