//! One connection.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};

use super::fault::Fault;
use super::respond::respond;
use super::site::Site;
use super::stall_guard::StallGuard;
use super::strangers::Stranger;
use crate::fault::panic_at;

/// Bytes a request's head may have; a longer one is answered with 431. Also how much hyper gathers before it writes,
/// beyond the piece at hand.
const LONGEST_HEAD: usize = 16 * 1024;

/// Serves requests until the client leaves, breaks the protocol or runs into a limit.
pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, site: Arc<Site>, stranger: Stranger) {
    let _counted = site.counters.connection();
    panic_at("connection");
    if site.fault == Some(Fault::Stall) {
        return std::future::pending().await;
    }
    let limits = site.limits;
    let service = service_fn(|request| {
        let (site, stranger) = (&site, &stranger);
        async move { Ok::<_, Infallible>(respond(request, site, stranger).await) }
    });
    // Its errors are the client's: gone, too slow, no HTTP. There is nobody to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(StallGuard::new(stream, limits.stall)), service)
        .await;
}
