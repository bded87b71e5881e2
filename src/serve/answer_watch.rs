//! A stream that tells when an answer has left.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::seats::Seat;

/// Tells `seat` of each flush. hyper flushes its stream when nothing is left in its own buffer, and lets go of a body before that:
/// a client that does not take the end of its frame is at work until it does.
pub(super) struct AnswerWatch<S> {
    stream: S,
    seat: Arc<Seat>,
}

impl<S> AnswerWatch<S> {
    pub(super) const fn new(stream: S, seat: Arc<Seat>) -> Self {
        Self { stream, seat }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for AnswerWatch<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for AnswerWatch<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.seat.flushed();
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

// Loom's locks work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests {
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::runtime::Builder;
    use tokio::time::{sleep, timeout};

    use super::super::connection::serve;
    use super::super::frame_file::FrameFile;
    use super::super::limits::Limits;
    use super::super::seats::{Seats, at_rest, has_to_go};
    use super::super::site::Site;
    use super::super::token::Token;
    use super::*;
    use crate::testing::{TestDir, jpeg};

    /// A client that asks once and takes as many bytes as it has `room` for.
    struct Client {
        request: Vec<u8>,
        room: Arc<AtomicUsize>,
    }

    impl AsyncRead for Client {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            if self.request.is_empty() {
                return Poll::Pending;
            }
            buffer.put_slice(&std::mem::take(&mut self.request));
            Poll::Ready(Ok(()))
        }
    }

    impl AsyncWrite for Client {
        fn poll_write(
            self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let len = bytes.len().min(self.room.load(Ordering::Relaxed));
            if len == 0 {
                // There may be room the next time.
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.room.fetch_sub(len, Ordering::Relaxed);
            Poll::Ready(Ok(len))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[test]
    fn an_answer_whose_end_was_not_taken_yet_is_work() {
        let dir = TestDir::new();
        let site = Arc::new(Site::new(80, Arc::default(), Limits::default(), None));
        let token = Token::random().expect("random bytes");
        let frame = FrameFile::look(&dir.file("frame", &jpeg(1000))).expect("a frame");
        site.registry.add([(token, frame)]);
        let room = Arc::new(AtomicUsize::new(100));
        let client = Client {
            request: format!("GET /{token} HTTP/1.1\r\nHost: localhost:80\r\n\r\n").into_bytes(),
            room: Arc::clone(&room),
        };
        let seats = Arc::new(Seats::new(2));
        let (seat, dismissal) = seats.enter();
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut served = pin!(serve(client, Arc::clone(&site), seat, dismissal));
            while site.counters.stats(0).frames == 0 {
                let moment = timeout(Duration::from_millis(1), served.as_mut());
                assert!(moment.await.is_err(), "it is kept alive");
            }
            // All of the body is with hyper. Another connection has been resting for a shorter time, and goes.
            let (_rests, dismissal) = at_rest(&seats);
            seats.make_room();
            assert!(has_to_go(dismissal));
            // Where there is no other, this one goes with its last byte, of which there are fewer than 2,000.
            seats.make_room();
            let left = 2000;
            tokio::select! {
                () = &mut served => panic!("the answer was cut short"),
                () = sleep(Duration::from_millis(20)) => room.store(left, Ordering::Relaxed),
            }
            let ended = timeout(Duration::from_secs(10), served).await;
            assert!(ended.is_ok(), "it goes");
            assert!(
                room.load(Ordering::Relaxed) <= left - 1000 + 100,
                "the whole frame left"
            );
        });
    }
}
