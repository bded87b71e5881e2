//! One connection: one request and its answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

use super::respond::respond;
use super::state::ServerState;
use crate::fault::{ServerFault, panic_at};

/// Bytes a request's head may have; a longer one is answered with 431. Also how much hyper gathers before it writes,
/// beyond the chunk at hand.
pub(super) const LONGEST_HEAD: usize = 16 * 1024;

/// How far a connection has come. All on the server's one thread; atomics because a task has to be `Send`.
#[derive(Debug, Default)]
pub(super) struct Progress {
    asked_for_frame: AtomicBool,
    took_chunk: AtomicBool,
}

impl Progress {
    /// A registered frame was asked for.
    pub(super) fn frame_asked_for(&self) {
        self.asked_for_frame.store(true, Ordering::Relaxed);
        self.chunk_taken();
    }

    pub(super) fn asked_for_frame(&self) -> bool {
        self.asked_for_frame.load(Ordering::Relaxed)
    }

    /// The client has taken so much that the next chunk is wanted.
    pub(super) fn chunk_taken(&self) {
        self.took_chunk.store(true, Ordering::Relaxed);
    }

    /// Over when a frame was asked for and no chunk of it taken for `limit`, at most twice as long.
    async fn stalled(&self, limit: Duration) {
        loop {
            sleep(limit).await;
            if self.asked_for_frame() && !self.took_chunk.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Serves one request. The connection ends with its answer: a new one for the next frame costs less than to share the connections
/// out among clients that keep theirs (`docs/frame-server.md`).
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    state: Arc<ServerState>,
    progress: Arc<Progress>,
) {
    let _counted = state.counters.connection();
    panic_at("connection");
    if ServerFault::Stall.is(state.fault) {
        return std::future::pending().await;
    }
    let service = service_fn(|request| {
        let (state, progress) = (&state, &progress);
        async move { Ok::<_, Infallible>(respond(request, state, progress).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(state.limits.head)
        .keep_alive(false)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        // Its errors are the client's: gone, too slow, no HTTP. There is nobody to tell.
        _ = connection => {}
        () = progress.stalled(state.limits.stall) => {}
    }
}
