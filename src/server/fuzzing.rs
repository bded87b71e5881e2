//! A way into the server for the fuzz target: a connection without a socket, and tokens that are not random.

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
