//! What the garbage collector drops.

use std::ops::Deref;

use crate::contained::contained;
use crate::fault::panic_at;

/// Something that a collection drops, inside a callback of Node's out of which a panic would end the process.
pub(super) struct Collected<T> {
    point: &'static str,
    /// There until it is dropped.
    inner: Option<T>,
}

impl<T> Collected<T> {
    pub(super) const fn new(point: &'static str, inner: T) -> Self {
        Self {
            point,
            inner: Some(inner),
        }
    }
}

impl<T> Deref for Collected<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("only `drop` takes it")
    }
}

impl<T> Drop for Collected<T> {
    fn drop(&mut self) {
        let inner = self.inner.take();
        // There is nobody to tell; std's hook has printed it.
        let _ = contained(|| {
            drop(inner);
            panic_at(self.point);
        });
    }
}
