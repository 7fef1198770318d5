//! Places for connections: so many in all, so many for strangers, and of either at most half for
//! one address, so that nobody keeps all others out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::{
    MAX_CONNECTIONS, MAX_CONNECTIONS_OF_ADDRESS, MAX_STRANGERS, MAX_STRANGERS_OF_ADDRESS,
};

#[derive(Clone, Copy, Default)]
struct Taken {
    connections: usize,
    strangers: usize,
}

#[derive(Default)]
struct State {
    all: Taken,
    by_address: HashMap<IpAddr, Taken>,
}

/// All places of a server.
#[derive(Default)]
pub(crate) struct Places(Mutex<State>);

/// One connection's place, until it is dropped; a stranger's at first.
pub(crate) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    stranger: bool,
}

/// A host has a whole network of IPv6 addresses for itself.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing is left half done under this lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a stranger; `None` where there is none left.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = household(address);
        let mut state = self.lock();
        let theirs = state.by_address.get(&address).copied().unwrap_or_default();
        let full = state.all.connections >= MAX_CONNECTIONS
            || state.all.strangers >= MAX_STRANGERS
            || theirs.connections >= MAX_CONNECTIONS_OF_ADDRESS
            || theirs.strangers >= MAX_STRANGERS_OF_ADDRESS;
        if full {
            return None;
        }
        state.change(address, |taken| {
            taken.connections += 1;
            taken.strangers += 1;
        });
        Some(Place { places: self.clone(), address, stranger: true })
    }
}

impl State {
    fn change(&mut self, address: IpAddr, change: impl Fn(&mut Taken)) {
        change(&mut self.all);
        let theirs = self.by_address.entry(address).or_default();
        change(theirs);
        if theirs.connections == 0 {
            self.by_address.remove(&address);
        }
    }
}

impl Place {
    /// Who has it has signed in.
    pub(crate) fn is_known(&mut self) {
        if std::mem::take(&mut self.stranger) {
            self.places.lock().change(self.address, |taken| {
                taken.strangers = taken.strangers.saturating_sub(1);
            });
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.is_known();
        self.places.lock().change(self.address, |taken| {
            taken.connections = taken.connections.saturating_sub(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_half() {
        let places = Arc::new(Places::default());
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let one = address("10.0.0.1");
        let mut known: Vec<Place> = Vec::new();
        for _ in 0..MAX_CONNECTIONS_OF_ADDRESS {
            let mut place = places.take(one).unwrap();
            place.is_known();
            place.is_known();
            known.push(place);
        }
        assert!(places.take(one).is_none());
        assert!(places.take(address("::ffff:10.0.0.1")).is_none());
        known.truncate(MAX_STRANGERS_OF_ADDRESS);
        let strangers: Vec<Place> =
            (0..MAX_STRANGERS_OF_ADDRESS).map(|_| places.take(one).unwrap()).collect();
        assert!(places.take(one).is_none());
        let neighbours: Vec<Option<Place>> = (0..MAX_STRANGERS)
            .map(|last| places.take(address(&format!("2001:db8::{last:x}"))))
            .collect();
        assert_eq!(neighbours.iter().flatten().count(), MAX_STRANGERS_OF_ADDRESS);
        assert!(places.take(address("10.0.0.2")).is_none(), "all strangers' places are taken");
        drop((known, strangers, neighbours));
        assert!(places.lock().by_address.is_empty());
        assert_eq!(places.lock().all.connections, 0);
        assert_eq!(places.lock().all.strangers, 0);
    }
}
