//! The small values that every room of the house shares: account, region, ARN, scope, ids,
//! time and page tokens. Nothing here does I/O except [`SystemClock`] and the id generators.

mod arn;
mod clock;
mod error;
mod ids;
mod page;
mod scope;

pub use arn::{Arn, ArnError};
pub use clock::{
    Clock, ManualClock, SharedClock, SystemClock, Timestamp, TimestampError, system_clock,
};
pub use error::{Error, ErrorKind, MAX_MESSAGE, cut};
pub use ids::{IdAlphabet, random_bytes, random_id, random_secret, uuid};
pub use page::{Page, PageToken, PageTokenError};
pub use scope::{Account, AccountError, GLOBAL, Region, RegionError, Scope};
