//! One connection.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::answer_watch::AnswerWatch;
use super::fault::Fault;
use super::respond::respond;
use super::seats::{Dismissal, Seat};
use super::site::Site;
use super::stall_guard::StallGuard;
use crate::fault::panic_at;

/// Bytes a request's head may have; a longer one is answered with 431. Also how much hyper gathers before it writes,
/// beyond the piece at hand.
const LONGEST_HEAD: usize = 16 * 1024;

/// Serves requests until the client leaves, breaks the protocol, runs into a limit or has to make room.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    site: Arc<Site>,
    seat: Seat,
    dismissal: Dismissal,
) {
    let _counted = site.counters.connection();
    panic_at("connection");
    if site.fault == Some(Fault::Stall) {
        return dismissal.wait().await;
    }
    let limits = site.limits;
    let seat = Arc::new(seat);
    let service = service_fn(|request| {
        let (site, seat) = (&site, &seat);
        // Now, and not when it is first looked at: the connection is at work.
        let answer = seat.asked();
        async move {
            let response = respond(request, site, seat).await;
            Ok::<_, Infallible>(response.map(|body| body.of(answer)))
        }
    });
    let stream = AnswerWatch::new(StallGuard::new(stream, limits.stall), Arc::clone(&seat));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // In this order a request that came with the dismissal is seen, and answered.
    tokio::select! {
        biased;
        // Its errors are the client's: gone, too slow, no HTTP. There is nobody to tell.
        _ = connection.as_mut() => return,
        () = dismissal.wait() => {}
    }
    if seat.is_known() {
        // At once if no answer is under way, else with its last byte. A stranger would be given the time for a request.
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}
