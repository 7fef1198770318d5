//! derive(Shape).
