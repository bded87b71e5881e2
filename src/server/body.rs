//! A frame on its way to a client.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Sleep, sleep};

use super::connection::Progress;
use super::frame_file::{FileFault, FrameReader};
use super::state::ServerState;
use crate::fault::{ServerFault, panic_at};

type Read = Result<(Bytes, Option<FrameReader>), FileFault>;

/// The body of a response: pieces of a frame, or nothing. While one piece is being written the next is being read, and
/// no further one, so a body holds two.
pub(super) struct FrameBody {
    next: Next,
    left: u64,
    /// After how many more bytes the connection is to fail.
    fails_after: Option<u64>,
    /// Whom to tell of what is sent; nobody of an empty body.
    told: Option<(Arc<ServerState>, Arc<Progress>)>,
}

enum Next {
    End,
    Here(Bytes, Option<FrameReader>),
    Coming(JoinHandle<Read>),
    /// What was sent so far gets the time to leave first.
    Failure(Pin<Box<Sleep>>),
}

impl FrameBody {
    pub(super) const fn empty() -> Self {
        Self {
            next: Next::End,
            left: 0,
            fails_after: None,
            told: None,
        }
    }

    /// `len` bytes, of which the first piece is here.
    pub(super) fn new(
        len: u64,
        first: Bytes,
        rest: Option<FrameReader>,
        state: &Arc<ServerState>,
        progress: &Arc<Progress>,
    ) -> Self {
        Self {
            next: Next::Here(first, rest),
            left: len,
            fails_after: ServerFault::Close.is(state.fault).then_some(len / 2),
            told: Some((Arc::clone(state), Arc::clone(progress))),
        }
    }

    fn send(&mut self, mut piece: Bytes) -> Bytes {
        if let Some(left) = &mut self.fails_after {
            if *left < piece.len() as u64 {
                piece.truncate(usize::try_from(*left).unwrap_or_default());
                self.next = Next::Failure(Box::pin(sleep(Duration::from_millis(50))));
            }
            *left -= piece.len() as u64;
        }
        self.left -= piece.len() as u64;
        if let Some((state, progress)) = &self.told {
            progress.piece_taken();
            state.counters.sent(piece.len());
            if self.left == 0 {
                state.counters.frame();
            }
        }
        piece
    }
}

impl Body for FrameBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let read = match &mut self.next {
            Next::End => return Poll::Ready(None),
            Next::Coming(reading) => {
                let joined = ready!(Pin::new(reading).poll(context));
                self.next = Next::End;
                joined
            }
            Next::Failure(pause) => {
                ready!(pause.as_mut().poll(context));
                return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
            }
            here @ Next::Here(..) => match std::mem::replace(here, Next::End) {
                Next::Here(piece, rest) => Ok(Ok((piece, rest))),
                _ => return Poll::Ready(None),
            },
        };
        // An error here closes the connection before the length that was promised is reached, which is how the client
        // learns of it.
        let (piece, rest) = match read {
            Ok(Ok(read)) => read,
            Ok(Err(_)) | Err(_) => return Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into()))),
        };
        if let Some(reader) = rest {
            self.next = Next::Coming(spawn_blocking(move || {
                panic_at("read on");
                reader.read()
            }));
        }
        Poll::Ready(Some(Ok(Frame::data(self.send(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.next, Next::End)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
