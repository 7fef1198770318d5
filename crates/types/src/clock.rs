//! Time: one injected clock for the whole yard, so that skew, expiry and schedules are testable.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. AWS shows none finer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// 0001-01-01T00:00:00Z
const FIRST_MILLIS: i64 = -62_135_596_800_000;
/// 9999-12-30T22:00:00Z: the last that every offset from UTC can still write.
const LAST_MILLIS: i64 = 253_402_207_200_000;

/// A text that is no timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampError(pub String);

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a timestamp", self.0)
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// From seconds with a fraction, as JSON protocols send them; `None` outside of the years 1
    /// to 9999, which are all that the other forms can write.
    pub fn from_secs_f64(secs: f64) -> Option<Self> {
        // What overflows stops at an end of the range of `i64`, out of ours.
        if secs.is_nan() { None } else { Self((secs * 1000.0).round() as i64).in_range() }
    }

    const fn in_range(self) -> Option<Self> {
        if self.0 >= FIRST_MILLIS && self.0 <= LAST_MILLIS { Some(self) } else { None }
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Seconds with a fraction.
    pub fn secs_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// This many milliseconds later (or earlier, if negative); stops in the years 1 and 9999, so
    /// that what is written can be read again.
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis).clamp(FIRST_MILLIS, LAST_MILLIS))
    }

    /// This many seconds later.
    pub fn plus_secs(self, secs: i64) -> Self {
        self.plus_millis(secs.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` until this.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    fn civil(self) -> jiff::civil::DateTime {
        let millis = self.0.clamp(FIRST_MILLIS, LAST_MILLIS);
        let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
        jiff::tz::TimeZone::UTC.to_datetime(instant)
    }

    /// `2026-01-31T12:00:00Z`, with milliseconds only where there are any.
    pub fn iso8601(self) -> String {
        let at = self.civil();
        let millis = self.0.rem_euclid(1000);
        let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// `2026-01-31T12:00:00.000Z`, as S3 listings and CloudTrail records write it.
    pub fn iso8601_millis(self) -> String {
        let at = self.civil();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            self.0.rem_euclid(1000)
        )
    }

    /// `20260131T120000Z`, as SigV4 writes it.
    pub fn basic(self) -> String {
        let at = self.civil();
        format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// `Sat, 31 Jan 2026 12:00:00 GMT`, as HTTP headers write it.
    pub fn http_date(self) -> String {
        const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        const MONTHS: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let at = self.civil();
        let day = DAYS[at.weekday().to_monday_zero_offset() as usize % 7];
        let month = MONTHS[(at.month() as usize).saturating_sub(1) % 12];
        format!(
            "{day}, {:02} {month} {:04} {:02}:{:02}:{:02} GMT",
            at.day(),
            at.year(),
            at.hour(),
            at.minute(),
            at.second()
        )
    }

    /// Reads ISO 8601 (with `Z` or an offset, any fraction, basic or extended form), an HTTP date,
    /// or epoch seconds, in the years 1 to 9999.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        let exact = |at: jiff::Timestamp| Self(at.as_millisecond()).in_range();
        let found = if let Ok(at) = text.parse::<jiff::Timestamp>() {
            exact(at)
        } else if let Ok(at) = text.trim_end_matches('Z').parse::<jiff::civil::DateTime>() {
            at.to_zoned(jiff::tz::TimeZone::UTC).ok().and_then(|at| exact(at.timestamp()))
        } else if let Ok(at) = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text) {
            exact(at)
        } else {
            let secs = text.parse::<f64>().ok().filter(|secs| secs.is_finite());
            secs.and_then(Self::from_secs_f64)
        };
        found.ok_or_else(|| TimestampError(text.to_owned()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso8601())
    }
}

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The clock as it is handed around.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's clock, ready to hand around.
pub fn system_clock() -> SharedClock {
    Arc::new(SystemClock)
}

/// A clock that tests set and advance.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `at`.
    pub fn new(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.millis())))
    }

    /// Moves it forward (or back, if negative).
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let at = Timestamp::from_millis(1_769_860_800_120);
        assert_eq!(at.iso8601(), "2026-01-31T12:00:00.120Z");
        assert_eq!(at.iso8601_millis(), "2026-01-31T12:00:00.120Z");
        assert_eq!(at.basic(), "20260131T120000Z");
        assert_eq!(at.http_date(), "Sat, 31 Jan 2026 12:00:00 GMT");
        assert_eq!(Timestamp::from_secs(0).iso8601(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn parses_every_form_that_clients_send() {
        let want = Timestamp::from_secs(1_769_860_800);
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31T12:00:00.000Z",
            "20260131T120000Z",
            "Sat, 31 Jan 2026 12:00:00 GMT",
            "1769860800",
            "1769860800.0",
        ] {
            assert_eq!(Timestamp::parse(text), Ok(want), "{text}");
        }
        assert!(Timestamp::parse("yesterday").is_err());
        for bad in
            ["NaN", "1e300", "-1e300", "253402300800", "-62135596801", "-000001-01-01T00:00:00Z"]
        {
            assert!(Timestamp::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn extremes_do_not_panic() {
        for millis in [i64::MIN, -1, 0, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            let _ = (at.iso8601(), at.http_date(), at.basic(), at.plus_secs(i64::MAX));
        }
    }
}
