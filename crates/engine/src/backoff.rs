//! Pauses between attempts.

/// Pauses that double up to a limit, with jitter so that those who failed together do not come
/// back together.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// The first pause, in milliseconds.
    pub first_millis: u32,
    /// The longest pause, in milliseconds.
    pub longest_millis: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first_millis: 100, longest_millis: 60_000 }
    }
}

impl Backoff {
    /// The pause after the `attempt`-th failure in a row (from 1), in milliseconds: between half
    /// and all of the doubled pause.
    pub fn pause_millis(&self, attempt: u32) -> i64 {
        let doublings = attempt.saturating_sub(1).min(31);
        let whole = (u64::from(self.first_millis) << doublings).min(self.longest_millis.into());
        let random = u64::from(u16::from_be_bytes(types::random_bytes()));
        let pause = whole / 2 + (whole - whole / 2) * random / u64::from(u16::MAX);
        i64::try_from(pause).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_with_jitter_up_to_the_limit() {
        let backoff = Backoff { first_millis: 100, longest_millis: 1000 };
        for (attempt, whole) in
            [(0, 100), (1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (u32::MAX, 1000)]
        {
            for _ in 0..50 {
                let pause = backoff.pause_millis(attempt);
                assert!((whole / 2..=whole).contains(&pause), "{attempt}: {pause}");
            }
        }
    }
}
