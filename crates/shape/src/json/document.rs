//! Reading a shape right from text, for documents that we wrote ourselves.

use std::fmt;

use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Number, Value};

use super::{from_value, read_slot};
use crate::path::Path;
use crate::{Field, ListSlot, MapSlot, Problems, ReadError, Shape, Slot};

/// Reads a shape from text that [`super::to_vec`] wrote: what [`from_value`] reads, in half the
/// time, for there is no value in between. A member that is there twice may be read otherwise.
///
/// # Errors
/// As [`from_value`]; also for text that is no JSON.
pub fn from_slice<T: Shape + Default>(text: &[u8]) -> Result<T, ReadError> {
    let mut shape = T::default();
    if read_text(&mut shape, text).is_ok() {
        return Ok(shape);
    }
    // What is wrong, and where, is told by the other reader.
    let value: Value = serde_json::from_slice(text)
        .map_err(|error| ReadError { path: String::new(), message: error.to_string() })?;
    let mut shape = T::default();
    from_value(&mut shape, &value)?;
    Ok(shape)
}

fn read_text(shape: &mut dyn Shape, text: &[u8]) -> serde_json::Result<()> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    Struct(shape).deserialize(&mut reader)?;
    reader.end()
}

struct Struct<'a>(&'a mut dyn Shape);

impl<'de> DeserializeSeed<'de> for Struct<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Struct<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a structure")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let fields = self.0.schema().fields;
        let mut found = vec![false; fields.len()];
        let mut next = 0;
        while let Some(at) = members.next_key_seed(Name { fields, next })? {
            let Some((at, field)) = at.and_then(|at| Some((at, fields.get(at)?))) else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            next = at + 1;
            let place = Place::Member(&mut *self.0, at);
            let is_there = members.next_value_seed(Member { place, field })?;
            if let Some(found) = found.get_mut(at) {
                *found = is_there;
            }
        }
        let missing = fields.iter().zip(found).find(|(field, found)| field.required && !found);
        match missing {
            Some((field, _)) => Err(A::Error::custom(format_args!("{} is missing", field.name))),
            None => Ok(()),
        }
    }
}

/// The number of the field of a name. Documents are written in the order of the fields: it is most
/// often the `next` one, or one soon after.
struct Name {
    fields: &'static [Field],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let is_it = |at: &usize| self.fields.get(*at).is_some_and(|field| field.name == name);
        Ok((self.next..self.fields.len()).find(is_it).or_else(|| (0..self.next).find(is_it)))
    }
}

/// Where a value goes. Nothing is made there for a null.
enum Place<'a> {
    Member(&'a mut dyn Shape, usize),
    Item(&'a mut dyn ListSlot),
    Entry(&'a mut dyn MapSlot, String),
}

impl<'a> Place<'a> {
    fn slot(self) -> Slot<'a> {
        match self {
            Self::Member(shape, at) => shape.slot(at),
            Self::Item(list) => list.push(),
            Self::Entry(map, key) => map.insert(key),
        }
    }
}

/// One value; tells whether it is more than a null.
struct Member<'a> {
    place: Place<'a>,
    field: &'a Field,
}

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl Member<'_> {
    /// A value that is no structure and no list, or one that is free JSON.
    fn take<E: serde_core::de::Error>(
        slot: Slot<'_>,
        field: &Field,
        it: &Value,
    ) -> Result<bool, E> {
        let mut problems = Problems::default();
        read_slot(it, slot, field, &Path::Root, &mut problems)
            .map_err(|error| E::custom(error.message))?;
        match problems.0.is_empty() {
            true => Ok(true),
            false => Err(E::custom("a word that is none of the set")),
        }
    }

    fn plain<E: serde_core::de::Error>(self, value: &Value) -> Result<bool, E> {
        Self::take(self.place.slot(), self.field, value)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E: serde_core::de::Error>(self, value: bool) -> Result<bool, E> {
        self.plain(&Value::Bool(value))
    }

    fn visit_i64<E: serde_core::de::Error>(self, value: i64) -> Result<bool, E> {
        self.plain(&Value::Number(value.into()))
    }

    fn visit_u64<E: serde_core::de::Error>(self, value: u64) -> Result<bool, E> {
        self.plain(&Value::Number(value.into()))
    }

    fn visit_f64<E: serde_core::de::Error>(self, value: f64) -> Result<bool, E> {
        self.plain(&Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde_core::de::Error>(self, value: &str) -> Result<bool, E> {
        match self.place.slot() {
            Slot::String(to) => {
                value.clone_into(to);
                Ok(true)
            }
            slot => Self::take(slot, self.field, &Value::String(value.to_owned())),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<bool, A::Error> {
        match self.place.slot() {
            Slot::List(list) => {
                let field = self.field;
                while items.next_element_seed(Member { place: Place::Item(list), field })?.is_some()
                {
                }
                Ok(true)
            }
            slot => {
                let value = Value::deserialize(SeqAccessDeserializer::new(items))?;
                Self::take(slot, self.field, &value)
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        match self.place.slot() {
            Slot::Struct(shape) => Struct(shape).visit_map(members).map(|()| true),
            Slot::Map(map) => {
                while let Some(key) = members.next_key::<String>()? {
                    let place = Place::Entry(map, key);
                    members.next_value_seed(Member { place, field: self.field })?;
                }
                Ok(true)
            }
            slot => {
                let value = Value::deserialize(MapAccessDeserializer::new(members))?;
                Self::take(slot, self.field, &value)
            }
        }
    }
}
