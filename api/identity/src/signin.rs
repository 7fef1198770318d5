//! The service `codeyard-signin`: one-time codes by which a browser signs in to the console.

use shape::{Empty, Shape, Timestamp};

#[derive(Shape, Default, Clone)]
pub struct CreateSignInCodeOutput {
    /// Good for one sign-in.
    #[shape(sensitive)]
    pub code: String,
    /// When it ends, used or not.
    pub expiration: Timestamp,
}

shape::operations! { "codeyard-signin";
    CreateSignInCode(Empty) -> CreateSignInCodeOutput;
}
