//! A least-recently-used cache with two bounds.

use std::hash::Hash;

use lru::LruCache;

/// Keeps at most so many entries, and at most so many bytes of them.
#[derive(Debug)]
pub(super) struct BoundedLru<K: Hash + Eq, V> {
    entries: LruCache<K, Entry<V>>,
    entry_limit: usize,
    bytes_limit: usize,
    bytes: usize,
    evictions: u64,
    oversized_rejections: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    len: usize,
}

impl<K: Hash + Eq, V> BoundedLru<K, V> {
    pub(super) fn new(entry_limit: usize, bytes_limit: usize) -> Self {
        let entries = LruCache::unbounded();
        Self {
            entries,
            entry_limit,
            bytes_limit,
            bytes: 0,
            evictions: 0,
            oversized_rejections: 0,
        }
    }

    /// The entry under `key`, now the most recently used, if `is_current` says that it still holds.
    pub(super) fn get(&mut self, key: &K, is_current: impl FnOnce(&V) -> bool) -> Option<&V> {
        if !is_current(&self.entries.peek(key)?.value) {
            return None;
        }
        self.entries.get(key).map(|entry| &entry.value)
    }

    /// Keeps `value` in place of whatever was under `key`, and makes room for it. What has to go is returned, for the
    /// caller to drop where no lock is held: freeing a large frame takes a while.
    #[must_use]
    pub(super) fn insert(&mut self, key: K, value: V, len: usize) -> Vec<V> {
        let mut dropped: Vec<V> = self.remove(&key).into_iter().collect();
        if len > self.bytes_limit {
            self.oversized_rejections += 1;
            dropped.push(value);
            return dropped;
        }
        self.bytes += len;
        self.entries.push(key, Entry { value, len });
        while self.entries.len() > self.entry_limit || self.bytes > self.bytes_limit {
            let Some((_, oldest)) = self.entries.pop_lru() else {
                break;
            };
            self.bytes -= oldest.len;
            self.evictions += 1;
            dropped.push(oldest.value);
        }
        dropped
    }

    fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.pop(key)?;
        self.bytes -= entry.len;
        Some(entry.value)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn evictions(&self) -> u64 {
        self.evictions
    }

    pub(super) fn oversized_rejections(&self) -> u64 {
        self.oversized_rejections
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::rc::Rc;

    use super::*;

    fn current<V>(_: &V) -> bool {
        true
    }

    #[test]
    fn evicts_the_oldest_over_the_entry_limit() {
        let mut cache = BoundedLru::new(2, 100);
        for key in [1, 2] {
            assert!(cache.insert(key, key, 10).is_empty());
        }
        assert_eq!(cache.get(&1, current), Some(&1), "a hit refreshes");
        assert_eq!(cache.insert(3, 3, 10), [2]);
        assert_eq!((cache.len(), cache.bytes(), cache.evictions()), (2, 20, 1));
    }

    #[test]
    fn evicts_as_many_as_the_byte_limit_demands() {
        let mut cache = BoundedLru::new(100, 30);
        for key in [1, 2, 3] {
            assert!(
                cache.insert(key, key, 10).is_empty(),
                "a full cache is within its bounds"
            );
        }
        assert_eq!(cache.insert(4, 4, 20), [1, 2]);
        assert_eq!((cache.len(), cache.bytes(), cache.evictions()), (2, 30, 2));
    }

    #[test]
    fn neither_keeps_the_oversized_nor_what_it_supersedes() {
        let mut cache = BoundedLru::new(100, 30);
        assert!(cache.insert(1, "old", 10).is_empty());
        assert!(cache.insert(2, "other", 10).is_empty());
        assert_eq!(cache.insert(1, "new", 31), ["old", "new"]);
        assert_eq!(cache.get(&1, current), None);
        assert_eq!((cache.len(), cache.bytes()), (1, 10));
        assert_eq!((cache.evictions(), cache.oversized_rejections()), (0, 1));
        assert_eq!(cache.insert(3, "fits exactly", 30), ["other"]);
    }

    #[test]
    fn passes_over_a_stale_version_and_then_replaces_it() {
        let mut cache = BoundedLru::new(100, 30);
        assert!(cache.insert(1, "old", 10).is_empty());
        assert_eq!(cache.get(&1, |value| *value != "old"), None);
        assert_eq!(cache.insert(1, "new", 15), ["old"]);
        assert_eq!((cache.len(), cache.bytes(), cache.evictions()), (1, 15, 0));
    }

    /// Against a plain model, over random operations; the drop counters must come out even.
    #[test]
    fn behaves_like_its_model() {
        let mut seed = 7_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) % below
        };
        let witness = Rc::new(());
        let mut cache = BoundedLru::new(5, 60);
        let mut model: VecDeque<(u32, usize)> = VecDeque::new();
        // Miri takes a thousand times as long.
        for _ in 0..if cfg!(miri) { 300 } else { 20_000 } {
            let key = random(12);
            let at = model.iter().position(|entry| entry.0 == key);
            if random(2) == 0 {
                assert_eq!(cache.get(&key, current).is_some(), at.is_some());
                if let Some(entry) = at.and_then(|at| model.remove(at)) {
                    model.push_back(entry);
                }
            } else {
                let len = random(70) as usize;
                drop(cache.insert(key, Rc::clone(&witness), len));
                at.and_then(|at| model.remove(at));
                if len <= 60 {
                    model.push_back((key, len));
                }
                while model.len() > 5 || model.iter().map(|entry| entry.1).sum::<usize>() > 60 {
                    model.pop_front();
                }
            }
            assert_eq!(cache.len(), model.len());
            assert_eq!(cache.bytes(), model.iter().map(|entry| entry.1).sum::<usize>());
            assert_eq!(Rc::strong_count(&witness), 1 + model.len());
        }
        drop(cache);
        assert_eq!(Rc::strong_count(&witness), 1);
    }
}
