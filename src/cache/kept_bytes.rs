//! How many bytes the caches keep.

use std::sync::atomic::{AtomicI64, Ordering};

/// The bytes of all data URIs that a cache of this process keeps. Only [`account`] writes it.
static KEPT_BYTES: AtomicI64 = AtomicI64::new(0);

fn account(change: i64) {
    // Relaxed: a figure for reports, nothing is ordered by it.
    KEPT_BYTES.fetch_add(change, Ordering::Relaxed);
}

/// Bytes of all data URIs that any cache of this process keeps, whether JavaScript holds them too or not.
#[must_use]
pub fn kept_bytes() -> i64 {
    KEPT_BYTES.load(Ordering::Relaxed)
}

/// Counts its bytes as kept for as long as it lives.
#[derive(Debug)]
pub(crate) struct KeptBytes(i64);

impl KeptBytes {
    pub(crate) fn new(len: usize) -> Self {
        account(len as i64);
        Self(len as i64)
    }
}

impl Drop for KeptBytes {
    fn drop(&mut self) {
        account(-self.0);
    }
}
