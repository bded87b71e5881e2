//! Why frames could not be registered.

use crate::frame::FrameError;

/// Frames that could not be registered.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
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

impl ServeError {
    pub(super) fn unavailable(reason: impl Into<String>) -> Self {
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
