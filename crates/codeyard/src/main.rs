//! The codeyard binary.
fn main() {}
