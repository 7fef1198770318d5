//! What a member can be, as seen by the interpreters.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;
use types::Timestamp;

use crate::{Body, EnumMember, Shape};

/// A member to be written.
pub enum Slot<'a> {
    /// No such member.
    Nothing,
    /// Text.
    String(&'a mut String),
    /// Truth.
    Bool(&'a mut bool),
    /// 32-bit number.
    Int(&'a mut i32),
    /// 64-bit number.
    Long(&'a mut i64),
    /// Floating-point number.
    Double(&'a mut f64),
    /// Bytes; base64 in JSON, XML and Query.
    Blob(&'a mut Bytes),
    /// Point in time.
    Timestamp(&'a mut Timestamp),
    /// Free JSON.
    Document(&'a mut Value),
    /// One of a set of words.
    Enum(&'a mut dyn EnumMember),
    /// A nested shape.
    Struct(&'a mut dyn Shape),
    /// A list.
    List(&'a mut dyn ListSlot),
    /// A map with text keys.
    Map(&'a mut dyn MapSlot),
    /// A streamed payload.
    Body(&'a mut Body),
}

/// A member to be read.
pub enum Peek<'a> {
    /// Not there.
    Absent,
    /// Text.
    String(&'a str),
    /// Truth.
    Bool(bool),
    /// Whole number.
    Long(i64),
    /// Floating-point number.
    Double(f64),
    /// Bytes.
    Blob(&'a [u8]),
    /// Point in time.
    Timestamp(Timestamp),
    /// Free JSON.
    Document(&'a Value),
    /// One of a set of words.
    Enum(&'a dyn EnumMember),
    /// A nested shape.
    Struct(&'a dyn Shape),
    /// A list.
    List(&'a dyn ListPeek),
    /// A map.
    Map(&'a dyn MapPeek),
    /// A streamed payload.
    Body(&'a Body),
}

/// A list to be filled.
pub trait ListSlot {
    /// Appends a default item and hands it out.
    fn push(&mut self) -> Slot<'_>;
}

/// A list to be read.
pub trait ListPeek {
    /// Number of items.
    fn count(&self) -> usize;
    /// The item at `index`; absent past the end.
    fn at(&self, index: usize) -> Peek<'_>;
}

/// A map to be filled.
pub trait MapSlot {
    /// Puts a default value under `key` and hands it out.
    fn insert(&mut self, key: String) -> Slot<'_>;
}

/// A map to be read.
pub trait MapPeek {
    /// Number of entries.
    fn count(&self) -> usize;
    /// Shows every entry, in key order.
    fn visit(&self, with: &mut dyn FnMut(&str, Peek<'_>));
}

/// A type that can be a member.
pub trait Member: Send + Sync + 'static {
    /// To be written.
    fn slot(&mut self) -> Slot<'_>;
    /// To be read.
    fn peek(&self) -> Peek<'_>;
}

macro_rules! plain {
    ($($ty:ty: $slot:ident, $self:ident => $peek:expr;)*) => {$(
        impl Member for $ty {
            fn slot(&mut self) -> Slot<'_> {
                Slot::$slot(self)
            }
            fn peek(&self) -> Peek<'_> {
                let $self = self;
                $peek
            }
        }
    )*};
}

plain! {
    String: String, it => Peek::String(it);
    bool: Bool, it => Peek::Bool(*it);
    i32: Int, it => Peek::Long(i64::from(*it));
    i64: Long, it => Peek::Long(*it);
    f64: Double, it => Peek::Double(*it);
    Bytes: Blob, it => Peek::Blob(it);
    Timestamp: Timestamp, it => Peek::Timestamp(*it);
    Value: Document, it => Peek::Document(it);
    Body: Body, it => Peek::Body(it);
}

impl<T: Member + Default> Member for Option<T> {
    fn slot(&mut self) -> Slot<'_> {
        self.get_or_insert_default().slot()
    }

    fn peek(&self) -> Peek<'_> {
        self.as_ref().map_or(Peek::Absent, Member::peek)
    }
}

impl<T: Member + Default> Member for Box<T> {
    fn slot(&mut self) -> Slot<'_> {
        (**self).slot()
    }

    fn peek(&self) -> Peek<'_> {
        (**self).peek()
    }
}

impl<T: Member + Default> ListSlot for Vec<T> {
    fn push(&mut self) -> Slot<'_> {
        self.push(T::default());
        self.last_mut().map_or(Slot::Nothing, Member::slot)
    }
}

impl<T: Member> ListPeek for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn at(&self, index: usize) -> Peek<'_> {
        self.get(index).map_or(Peek::Absent, Member::peek)
    }
}

impl<T: Member + Default> Member for Vec<T> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }

    fn peek(&self) -> Peek<'_> {
        Peek::List(self)
    }
}

impl<T: Member + Default> MapSlot for BTreeMap<String, T> {
    fn insert(&mut self, key: String) -> Slot<'_> {
        let value = self.entry(key).or_default();
        *value = T::default();
        value.slot()
    }
}

impl<T: Member> MapPeek for BTreeMap<String, T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn visit(&self, with: &mut dyn FnMut(&str, Peek<'_>)) {
        for (key, value) in self {
            with(key, value.peek());
        }
    }
}

impl<T: Member + Default> Member for BTreeMap<String, T> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }

    fn peek(&self) -> Peek<'_> {
        Peek::Map(self)
    }
}
