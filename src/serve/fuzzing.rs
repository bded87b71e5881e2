//! Ways into the server for the fuzz targets: a connection without a socket, tokens that are not random, the parser of ranges.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::serve;
use super::frame_file::FrameFile;
use super::limits::Limits;
use super::range::{Wanted, wanted};
use super::seats::Seats;
use super::site::Site;
use super::token::Token;
use crate::frame::FrameError;

/// A server that listens nowhere.
#[derive(Debug)]
pub struct DetachedServer(Arc<Site>);

impl DetachedServer {
    /// One whose clients have to name `port`.
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self(Arc::new(Site::new(port, Arc::default(), Limits::default(), None)))
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
        self.0.registry.add([(token, FrameFile::look(path)?)]);
        Ok(())
    }

    /// Serves one connection to its end.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let (seat, dismissal) = Arc::new(Seats::new(1)).enter();
        serve(stream, Arc::clone(&self.0), seat, dismissal).await;
    }
}

/// Which bytes of a file of `size` bytes a `Range` header asks for: all where it is to be ignored, none where there are no such.
#[must_use]
pub fn range(header: &str, size: u64) -> Option<Range<u64>> {
    match wanted(Some(header), size) {
        Wanted::All => Some(0..size),
        Wanted::Part { start, len } => Some(start..start + len),
        Wanted::Nothing => None,
    }
}
