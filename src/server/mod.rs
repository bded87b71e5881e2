//! Frames over loopback HTTP.
//!
//! [`FrameServer`] is a handle on the one server of this process, which starts with the first registration and stops with the last
//! handle. `running::run` is the server itself: it takes a listener and answers until it is told to stop.
//! `docs/frame-server.md` has the protocol, the bounds and the measurements.

mod body;
mod connection;
mod frame_file;
mod frame_server;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod registry;
mod respond;
mod running;
mod state;
#[cfg(test)]
mod tests;

pub use frame_server::FrameServer;
pub use state::ServerStats;

use crate::frame::FrameError;

/// Why frames could not be registered.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// One of the files cannot be served.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// There is no server: no port, no thread, no random bytes, or the handle was closed.
    #[error("the frame server is not available: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

impl ServerError {
    pub(crate) fn unavailable(reason: impl Into<String>) -> Self {
        Self::Unavailable {
            reason: reason.into(),
        }
    }

    /// A stable name for the kind of error: that of the [`FrameError`], or `SERVER_UNAVAILABLE`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Frame(error) => error.code(),
            Self::Unavailable { .. } => "SERVER_UNAVAILABLE",
        }
    }

    /// What to do about it, one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Frame(error) => error.advice(),
            Self::Unavailable { .. } => {
                "Hand the frames over another way, and check that this process may listen on 127.0.0.1 and start threads."
            }
        }
    }
}
