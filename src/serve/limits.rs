//! The bounds of the server.

use std::time::Duration;

/// What one client, or many, can take of the server at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Connections served at a time. A further one takes the place of the oldest on which no registered frame was named; where
    /// there is none it waits. Chrome opens six to one host, so most are there to be taken. One whose first request has not
    /// arrived before as many others have come may be closed; its frame then goes to the page another way.
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
