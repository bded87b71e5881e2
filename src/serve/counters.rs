//! What the server has done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Figures of the server, for all handles in the process and since its start, however often the server was stopped and
/// started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerStats {
    /// Requests whose head was read, whatever the answer.
    pub requests: u64,
    /// Frames, or single ranges of them, sent to their last byte.
    pub frames: u64,
    /// Bytes of frames handed to connections.
    pub bytes: u64,
    /// Requests answered with a status of 400 and above.
    pub refused: u64,
    /// Connections open now.
    pub connections: usize,
    /// Frames registered now.
    pub registered: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    requests: AtomicU64,
    frames: AtomicU64,
    bytes: AtomicU64,
    refused: AtomicU64,
    connections: AtomicUsize,
}

impl Counters {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn frame(&self) {
        self.frames.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn connection(self: &Arc<Self>) -> CountedConnection {
        self.connections.fetch_add(1, Ordering::Relaxed);
        CountedConnection(Arc::clone(self))
    }

    pub(super) fn stats(&self, registered: usize) -> ServerStats {
        ServerStats {
            requests: self.requests.load(Ordering::Relaxed),
            frames: self.frames.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
            connections: self.connections.load(Ordering::Relaxed),
            registered,
        }
    }
}

/// Counts as open while it lives: a task that is dropped or panics is not forgotten.
pub(super) struct CountedConnection(Arc<Counters>);

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
