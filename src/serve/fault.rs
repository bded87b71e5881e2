//! Ways for tests to see a server that fails.

use std::env::var_os;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::Notify;

/// Requests that a server with [`Fault::Die`] lives for.
const LIFE: u32 = 5;

/// A fault of the server, put there on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No port can be bound.
    Bind,
    /// Connections are accepted and never answered.
    Stall,
    /// Connections are closed after half of a body.
    Close,
    /// The server is gone after it answered a few requests: its port is closed, and so is every connection.
    Die,
}

impl Fault {
    /// What `HYPERFRAMES_NATIVE_FAULT_SERVER` says (`bind`, `stall`, `close` or `die`), if `HYPERFRAMES_NATIVE_FAULTS` is `1`.
    ///
    /// To be called on the thread that asks for the server: reading the environment is not free of races with another
    /// thread's `setenv`, and the one that may set it is the caller's.
    pub(crate) fn from_environment() -> Option<Self> {
        if var_os("HYPERFRAMES_NATIVE_FAULTS")? != "1" {
            return None;
        }
        match var_os("HYPERFRAMES_NATIVE_FAULT_SERVER")?.to_str()? {
            "bind" => Some(Self::Bind),
            "stall" => Some(Self::Stall),
            "close" => Some(Self::Close),
            "die" => Some(Self::Die),
            _ => None,
        }
    }
}

/// The end of a server with [`Fault::Die`].
#[derive(Debug)]
pub(super) struct Death {
    left: AtomicU32,
    now: Notify,
}

impl Death {
    pub(super) fn new() -> Self {
        Self {
            left: AtomicU32::new(LIFE),
            now: Notify::new(),
        }
    }

    /// Counts a request; the one too many ends the server and is never answered.
    pub(super) async fn count(&self) {
        let before = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if before.is_err() {
            self.now.notify_one();
            std::future::pending().await
        }
    }

    /// Over when the server is to end.
    pub(super) async fn wait(&self) {
        self.now.notified().await;
    }
}
