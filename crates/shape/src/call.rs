//! Operations as types: what a family crate under `api/` declares and what callers name.

use crate::Shape;

/// An operation's name and shapes.
pub trait Call: Send + Sync + 'static {
    /// The service's signing name, for instance `codecommit`.
    const SERVICE: &'static str;
    /// AWS's name of the operation.
    const NAME: &'static str;
    /// What it takes.
    type Input: Shape + Default;
    /// What it answers.
    type Output: Shape + Default;
}

/// Declares a service's operations as unit types.
///
/// ```
/// # use shape::{Empty, Shape};
/// # #[derive(Shape, Default, Clone)] pub struct GetThingInput {}
/// shape::operations! { "thing";
///     GetThing(GetThingInput) -> Empty;
/// }
/// ```
#[macro_export]
macro_rules! operations {
    ($service:literal; $($(#[$meta:meta])* $name:ident($input:ty) -> $output:ty;)*) => {$(
        $(#[$meta])*
        #[doc = concat!("The operation `", stringify!($name), "`.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $crate::Call for $name {
            const SERVICE: &'static str = $service;
            const NAME: &'static str = stringify!($name);
            type Input = $input;
            type Output = $output;
        }
    )*};
}
