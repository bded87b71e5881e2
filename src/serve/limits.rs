//! The bounds of the server.

use std::time::Duration;

/// What one client, or many, can take of the server at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections served at a time. A further one takes the place of another one (`super::seats`). Chrome keeps up to six to one
    /// host, most of them in case: the browsers of a process may well have more than this together, and at work are few at a time.
    pub(crate) connections: usize,
    /// How long a connection may stay without a whole request head, be it new or kept alive.
    pub(crate) head: Duration,
    /// How long a client may take none of the bytes it is being sent. Longer than a browser on a busy machine is ever
    /// paused; a stalled client holds two pieces and a slot until then.
    pub(crate) stall: Duration,
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
