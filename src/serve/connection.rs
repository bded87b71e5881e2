//! One connection.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;

use super::fault::Fault;
use super::respond::respond;
use super::site::Site;
use super::stall_guard::StallGuard;
use crate::fault::panic_at;

/// Bytes a request's head may have; a longer one is answered with 431. Also how much hyper gathers before it writes,
/// beyond the piece at hand.
const LONGEST_HEAD: usize = 16 * 1024;

/// Serves requests until the client leaves, breaks the protocol or runs into a limit.
pub(super) async fn serve(stream: TcpStream, site: Arc<Site>) {
    let _counted = site.counters.connection();
    panic_at("connection");
    if site.fault == Some(Fault::Stall) {
        return std::future::pending().await;
    }
    // Else the end of a frame may wait for the acknowledgement of what went before. A socket that refuses is slower.
    let _ = stream.set_nodelay(true);
    let limits = site.limits;
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(respond(request, &site).await) }
    });
    // Its errors are the client's: gone, too slow, no HTTP. There is nobody to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(StallGuard::new(stream, limits.stall)), service)
        .await;
}
