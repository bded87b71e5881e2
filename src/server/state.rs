//! The state that all connections of a server share: limits, figures, the registered frames.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::frame_file::ChunkBuffers;
use super::registry::Registry;
use crate::fault::{Death, ServerFault};

/// The most that one client, or many, can take of the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections served at a time. Chrome opens up to six to a host.
    pub(super) connections: usize,
    /// How long a connection may stay without a whole request head, and how long a new one may wait for its turn.
    pub(super) head: Duration,
    /// How long a client may take no chunk of its frame. Longer than a browser on a busy machine is ever paused; a stalled client
    /// holds two chunks and one of the connections until then.
    pub(super) stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 128,
            head: Duration::from_secs(10),
            stall: Duration::from_secs(30),
        }
    }
}

#[derive(Debug)]
pub(super) struct ServerState {
    /// The port the server listens on, which requests must name in `Host`.
    pub(super) port: u16,
    pub(super) registry: Registry,
    pub(super) counters: Arc<Counters>,
    pub(super) buffers: Arc<ChunkBuffers>,
    pub(super) limits: Limits,
    pub(super) fault: Option<ServerFault>,
    pub(super) death: Death,
}

impl ServerState {
    pub(super) fn new(
        port: u16,
        counters: Arc<Counters>,
        limits: Limits,
        fault: Option<ServerFault>,
    ) -> Self {
        Self {
            port,
            registry: Registry::default(),
            counters,
            buffers: Arc::default(),
            limits,
            fault,
            death: Death::new(),
        }
    }
}

/// Figures of the server, for all handles in the process and since its start, however often the server was stopped and
/// started again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServerStats {
    /// Requests whose head was read, whatever the answer.
    pub requests: u64,
    /// Frames sent to their last byte.
    pub frames: u64,
    /// Bytes of frames handed to connections.
    pub bytes: u64,
    /// Requests answered with a status of 400 and above, and connections that were refused for their number.
    pub refused: u64,
    /// Connections open now.
    pub connections: usize,
    /// Frames registered now.
    pub registered: usize,
}

/// Relaxed throughout: figures for reports, nothing is ordered by them.
#[derive(Debug, Default)]
pub(super) struct Counters {
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
