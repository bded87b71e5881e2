//! One load per key at a time; the others wait for it without holding a thread.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// Who waits for which load. It has no lock of its own: it lives under the store's, together with the cache, so that
/// between a look into the one and a look into the other no load can land.
#[derive(Debug)]
pub(crate) struct Flights<K, W> {
    waiting: HashMap<K, Vec<W>>,
}

impl<K: Hash + Eq, W> Flights<K, W> {
    pub(crate) fn new() -> Self {
        Self {
            waiting: HashMap::new(),
        }
    }

    /// Waits for the load of `key`. `true` says that nobody loads it yet: the caller must, and then [`Flights::land`].
    pub(crate) fn join(&mut self, key: K, waiter: W) -> bool {
        match self.waiting.entry(key) {
            Entry::Occupied(mut flight) => {
                flight.get_mut().push(waiter);
                false
            }
            Entry::Vacant(flight) => {
                flight.insert(vec![waiter]);
                true
            }
        }
    }

    /// Ends the load of `key`. Everybody returned must be told its result; who comes later starts a load anew.
    #[must_use]
    pub(crate) fn land(&mut self, key: &K) -> Vec<W> {
        self.waiting.remove(key).unwrap_or_default()
    }

    #[cfg(all(test, feature = "model"))]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_leads_until_the_landing() {
        let mut flights = Flights::new();
        assert!(flights.join("a", 1));
        assert!(!flights.join("a", 2));
        assert!(flights.join("b", 3));
        assert_eq!(flights.land(&"a"), [1, 2]);
        assert!(flights.land(&"a").is_empty());
        assert!(flights.join("a", 4));
        assert_eq!(flights.land(&"b"), [3]);
    }
}
