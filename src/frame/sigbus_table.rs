//! Which ranges of memory are being read, for a signal handler to look up: atomics only, no lock and no allocation.

#[cfg(all(test, feature = "model"))]
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
#[cfg(not(all(test, feature = "model")))]
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// More than the pool has threads. Whoever finds no slot reads the file instead.
pub(super) const SLOTS: usize = if cfg!(all(test, feature = "model")) { 1 } else { 16 };

/// Values of [`Slot::start`] that are no address.
const FREE: usize = 0;
const RESERVED: usize = 1;

/// A range, while it is claimed.
pub(super) struct Slot {
    start: AtomicUsize,
    len: AtomicUsize,
    cut: AtomicBool,
}

impl Slot {
    pub(super) fn free(&self) {
        self.start.store(FREE, Ordering::Release);
    }

    pub(super) fn note_cut(&self) {
        self.cut.store(true, Ordering::Release);
    }

    pub(super) fn was_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }
}

/// The slots.
pub(super) struct Table([Slot; SLOTS]);

macro_rules! free_slot {
    () => {
        Slot {
            start: AtomicUsize::new(FREE),
            len: AtomicUsize::new(0),
            cut: AtomicBool::new(false),
        }
    };
}

impl Table {
    #[cfg(not(all(test, feature = "model")))]
    pub(super) const fn new() -> Self {
        Self([const { free_slot!() }; SLOTS])
    }

    #[cfg(all(test, feature = "model"))]
    pub(super) fn new() -> Self {
        Self(std::array::from_fn(|_| free_slot!()))
    }

    /// Claims a slot for `len` bytes from `start`, if one is free.
    pub(super) fn claim(&self, start: usize, len: usize) -> Option<&Slot> {
        let slot = self.0.iter().find(|slot| {
            slot.start
                .compare_exchange(FREE, RESERVED, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
        })?;
        slot.cut.store(false, Ordering::Relaxed);
        // Release, and `start` last: see `find`.
        slot.len.store(len, Ordering::Release);
        slot.start.store(start, Ordering::Release);
        Some(slot)
    }

    /// The slot whose range holds `address`, and the range's end.
    ///
    /// The fault is raised by the very thread that reads the range, so its own slot stands still; the others may change under
    /// the search. `start` is therefore read again after `len`: if `len` belongs to a newer claim, the claim's `RESERVED` is
    /// seen by then, or a newer `start`, and a range made of two claims is never taken for one.
    pub(super) fn find(&self, address: usize) -> Option<(&Slot, usize)> {
        self.0.iter().find_map(|slot| {
            let start = slot.start.load(Ordering::Acquire);
            let len = slot.len.load(Ordering::Acquire);
            let stands = start > RESERVED && slot.start.load(Ordering::Acquire) == start;
            (stands && address >= start && address - start < len).then_some((slot, start + len))
        })
    }
}

/// `cargo test --no-default-features --features model --lib model`
#[cfg(all(test, feature = "model"))]
mod model {
    use std::sync::Arc;

    use super::Table;

    /// A handler that searches while a slot passes from one range to the next never sees a mixture of the two.
    #[test]
    fn a_range_of_two_claims_is_never_found() {
        loom::model(|| {
            let table = Arc::new(Table::new());
            let searched = Arc::clone(&table);
            let search = loom::thread::spawn(move || {
                // In none of the ranges below, but in a mixture of the first one's start and the second one's length.
                assert!(searched.find(1_500).is_none());
                // In the second, and in a mixture of its start and the first one's length.
                if let Some((_, end)) = searched.find(8_050) {
                    assert_eq!(end, 9_000);
                }
            });
            for (start, len) in [(1_000, 100), (8_000, 1_000)] {
                table.claim(start, len).expect("the slot is free").free();
            }
            search.join().expect("no mixture");
        });
    }

    /// The note of a cut does not pass from one claim to the next one's range.
    #[test]
    fn one_slot_has_one_owner() {
        loom::model(|| {
            let table = Arc::new(Table::new());
            let other = Arc::clone(&table);
            let second = loom::thread::spawn(move || {
                if let Some(slot) = other.claim(8_000, 1_000) {
                    assert!(!slot.was_cut());
                    let (_, end) = other.find(8_999).expect("one's own range stands still");
                    assert_eq!(end, 9_000);
                    slot.free();
                }
            });
            if let Some(slot) = table.claim(1_000, 100) {
                let (found, end) = table.find(1_099).expect("one's own range stands still");
                assert_eq!(end, 1_100);
                found.note_cut();
                assert!(slot.was_cut());
                slot.free();
            }
            second.join().expect("no mixture");
        });
    }
}
