//! Frames over loopback HTTP.
//!
//! [`FrameServer`] is a handle on the one server of this process, which starts with the first registration and stops with the last
//! handle. `running::run` is the server itself: it takes a listener and answers until it has to stop.
//! `docs/frame-server.md` has the protocol, the bounds and the measurements.

mod connection;
mod frame_file;
mod frame_server;
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
        /// The cause.
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

    /// Advice for the user, one sentence.
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

/// A way into the server for the fuzz target: a connection without a socket, and tokens that are not random.
#[cfg(feature = "fuzzing")]
pub mod fuzzing {
    use std::path::Path;
    use std::sync::Arc;

    use tokio::io::{AsyncRead, AsyncWrite};

    use super::connection::serve;
    use super::frame_file::FrameFile;
    use super::registry::Token;
    use super::state::{Limits, ServerState};
    use crate::frame::FrameError;

    /// A server that listens nowhere.
    #[derive(Debug)]
    pub struct DetachedServer(Arc<ServerState>);

    impl DetachedServer {
        /// One whose clients have to name `port`.
        #[must_use]
        pub fn new(port: u16) -> Self {
            let state = ServerState::new(port, Arc::default(), Limits::default(), None);
            Self(Arc::new(state))
        }

        /// Registers the file at `path` under `token`.
        ///
        /// # Errors
        /// The I/O kinds of [`FrameError`].
        ///
        /// # Panics
        /// If `token` is not spelled as tokens are.
        pub fn register(&self, token: &str, path: &Path) -> Result<(), FrameError> {
            let token = Token::parse(token).expect("32 lower-case hexadecimal digits");
            self.0.registry.add([(token, FrameFile::new(path)?)]);
            Ok(())
        }

        /// Serves one connection to its end.
        pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
            serve(stream, Arc::clone(&self.0), Arc::default()).await;
        }
    }
}
