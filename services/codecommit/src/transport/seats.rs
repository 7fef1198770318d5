//! Git sessions over SSH and git requests over HTTP at once: so many in all and so many of one user,
//! so that nobody keeps all others out. One user's several keys count together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wire::{Error, ErrorKind};

/// There is no seat left.
pub(super) const BUSY: ErrorKind = ErrorKind::new("ThrottlingException", 503);

/// Sessions, or requests, at most.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// In all.
    pub all: usize,
    /// Of one user or role session.
    pub of_user: usize,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { all: 256, of_user: 32 }
    }
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_user: HashMap<String, usize>,
}

/// All seats of one way into a yard.
pub(crate) struct Seats {
    /// What takes a seat, in the plural.
    what: &'static str,
    limits: SessionLimits,
    taken: Mutex<Taken>,
}

/// One session's seat, until it is dropped.
pub(crate) struct Seat {
    seats: Arc<Seats>,
    user: String,
}

impl Seats {
    /// `what` takes them: "git sessions over SSH".
    pub fn new(what: &'static str, limits: SessionLimits) -> Arc<Self> {
        Arc::new(Self { what, limits, taken: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // Nothing is left half done under this lock.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for the user with this ARN.
    ///
    /// # Errors
    /// There is none left, in words for the user.
    pub fn take(self: &Arc<Self>, user: &str) -> Result<Seat, Error> {
        let SessionLimits { all, of_user } = self.limits;
        let what = self.what;
        let mut taken = self.lock();
        let theirs = taken.by_user.get(user).copied().unwrap_or_default();
        if theirs >= of_user {
            return Err(BUSY.error(format!(
                "{user} has {of_user} {what}, the most that one user may have at \
                 once. Try again when one of them has ended."
            )));
        }
        if taken.all >= all {
            return Err(BUSY.error(format!(
                "The yard serves {all} {what}, as many as it does at once. Try \
                 again in a moment."
            )));
        }
        taken.all += 1;
        taken.by_user.insert(user.to_owned(), theirs + 1);
        Ok(Seat { seats: self.clone(), user: user.to_owned() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.all = taken.all.saturating_sub(1);
        match taken.by_user.get_mut(&self.user) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(taken.by_user.remove(&self.user)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_counted_and_given_back() {
        let seats = Seats::new("git sessions over SSH", SessionLimits { all: 3, of_user: 2 });
        let ann: Vec<Seat> = (0..2).map(|_| seats.take("ann").ok().unwrap()).collect();
        let refused = |user: &str| seats.take(user).err().unwrap().message;
        assert!(refused("ann").starts_with("ann has 2 git sessions"));
        let bob = seats.take("bob").ok().unwrap();
        assert!(refused("bob").starts_with("The yard serves 3 git sessions"));
        drop(ann);
        assert!(seats.take("ann").is_ok());
        drop(bob);
        assert_eq!(seats.lock().all, 0);
        assert!(seats.lock().by_user.is_empty());
    }
}
