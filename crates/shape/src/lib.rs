//! Shapes: the typed inputs, outputs and stored documents of every operation.
//!
//! `#[derive(Shape)]` gives a struct a static table of its members and access to each by index, as
//! a [`Slot`] to write or a [`Peek`] to read. One interpreter per protocol walks that table: the
//! cost in compile time and size is shapes + protocols, not shapes × protocols, and there is no
//! `unsafe` and nothing generic per protocol.
//!
//! ```
//! use shape::Shape;
//! #[derive(Shape, Default, Clone)]
//! #[shape(case = "camel")] // camel (default), pascal, snake: member names from field names
//! struct CreateThingInput {
//!     #[shape(required, min = 1, max = 100, pattern = r"[\w.-]+")]
//!     thing_name: String,             // "thingName"
//!     #[shape(name = "KMSKeyId")]     // where the case rule does not give AWS's name
//!     key: Option<String>,
//!     #[shape(sensitive)]
//!     secret: Option<String>,
//!     tags: Option<Vec<String>>,
//! }
//! ```
//!
//! Member attributes: `name`, `required`, `sensitive`, `omit_empty` (leave an empty list, map or
//! string out of answers), `min`/`max` (characters of a string, entries of a list or map, value of
//! a number), `pattern` (must match the whole string), `missing = "Code"` and `invalid = "Code"`
//! (the service's own error code for this member where it has one), `time = "iso"|"epoch"|"http"`,
//! `like = CONSTANT` (everything but the name as in that [`Field`], unless said otherwise here);
//! for XML and Query `flat`, `attribute`, `item`, `key`, `value`, `xml` (element name where it
//! differs); for REST `header`, `headers` (prefix), `query`, `label`, `payload`, `status`.
//!
//! Members are `String`, `bool`, `i32`, `i64`, `f64`, [`Bytes`], [`Timestamp`],
//! [`serde_json::Value`], [`Body`], string enums, other shapes, `Box`, `Vec`, `BTreeMap<String, _>`
//! and `Option` of those. `Option` means "may be absent"; without it an absent member has its
//! default value. JSON `null` counts as absent.

extern crate self as shape;

mod body;
mod call;
mod enums;
pub mod json;
mod member;
mod path;
mod schema;
mod validate;

pub use body::{Body, BodyError, BodyStream};
pub use bytes::Bytes;
pub use call::Call;
pub use enums::EnumMember;
pub use member::{ListPeek, ListSlot, MapPeek, MapSlot, Member, Peek, Slot};
pub use schema::{Field, Place, Schema, TimeFormat};
pub use shape_derive::Shape;
pub use types::Timestamp;
pub use validate::{Problem, Problems, ReadError, debug, validate};

/// A struct whose members can be listed and reached by index.
pub trait Shape: Send + Sync + 'static {
    /// The member table.
    fn schema(&self) -> &'static Schema;
    /// The member at `index`, to be written; an `Option` becomes present.
    fn slot(&mut self, index: usize) -> Slot<'_>;
    /// The member at `index`, to be read.
    fn peek(&self, index: usize) -> Peek<'_>;
    /// For the way back from a boxed shape to its type.
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send>;
}

/// The input or output of an operation without members.
#[derive(Shape, Default, Clone, PartialEq, Eq)]
pub struct Empty {}
