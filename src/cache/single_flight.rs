//! One load per key at a time; the others wait for it without holding a thread.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

/// Who waits for which load. It has no lock of its own: it lives under the store's, together with the cache, so that
/// between a look into the one and a look into the other no load can complete.
#[derive(Debug)]
pub(super) struct Flights<K, W> {
    waiting: HashMap<K, Vec<W>>,
}

impl<K: Hash + Eq, W> Flights<K, W> {
    pub(super) fn new() -> Self {
        Self {
            waiting: HashMap::new(),
        }
    }

    /// Waits for the load of `key`. `true` says that nobody loads it yet: the caller must, and then [`Flights::complete`].
    pub(super) fn join(&mut self, key: K, waiter: W) -> bool {
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
    pub(super) fn complete(&mut self, key: &K) -> Vec<W> {
        self.waiting.remove(key).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_leads_until_the_load_completes() {
        let mut flights = Flights::new();
        assert!(flights.join("a", 1));
        assert!(!flights.join("a", 2));
        assert!(flights.join("b", 3));
        assert_eq!(flights.complete(&"a"), [1, 2]);
        assert!(flights.complete(&"a").is_empty());
        assert!(flights.join("a", 4));
        assert_eq!(flights.complete(&"b"), [3]);
    }
}
