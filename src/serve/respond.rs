//! What is answered to a request.

use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::task::spawn_blocking;

use super::body::FrameBody;
use super::fault::Fault;
use super::frame_file::{FileFault, FrameFile, FrameReader};
use super::range::{Wanted, wanted};
use super::seats::Seat;
use super::site::Site;
use super::token::Token;
use crate::fault::panic_at;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");

/// In every answer, refusals too: they let a page of any origin read it, and nobody keep or reinterpret it.
const EVERYWHERE: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    ),
];

/// Answers one request. The body of the request is not looked at.
pub(super) async fn respond<B>(request: Request<B>, site: &Arc<Site>, seat: &Seat) -> Response<FrameBody> {
    site.counters.request();
    panic_at("request");
    if site.fault == Some(Fault::Die) {
        site.death.count().await;
    }
    let mut response = route(request, site, seat).await;
    if response.status().as_u16() >= 400 {
        site.counters.refused();
    }
    for (name, value) in EVERYWHERE {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn route<B>(request: Request<B>, site: &Arc<Site>, seat: &Seat) -> Response<FrameBody> {
    // First of all: a page whose own name was made to point here (DNS rebinding) must learn nothing.
    if !names_this_server(&request, site.port) {
        return plain(StatusCode::MISDIRECTED_REQUEST);
    }
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return preflight(request.headers()),
        _ => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, METHODS);
            return response;
        }
    }
    let token = request.uri().path().strip_prefix('/').and_then(Token::parse);
    let frame = token
        .filter(|_| request.uri().query().is_none())
        .and_then(|token| site.registry.get(token));
    match frame {
        Some(frame) => {
            seat.known();
            send(request.method(), request.headers(), frame, site).await
        }
        None => plain(StatusCode::NOT_FOUND),
    }
}

/// `Host`, and the authority of a request in absolute form, must be ours.
fn names_this_server<B>(request: &Request<B>, port: u16) -> bool {
    let ours = |authority: &str| {
        authority.rsplit_once(':').is_some_and(|(host, named)| {
            named == port.to_string() && (host == "127.0.0.1" || host.eq_ignore_ascii_case("localhost"))
        })
    };
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = hosts.next().and_then(|host| host.to_str().ok()).is_some_and(ours);
    named
        && hosts.next().is_none()
        && request
            .uri()
            .authority()
            .is_none_or(|authority| ours(authority.as_str()))
}

/// The same for every path, so that it tells nothing of which exist.
fn preflight(asked: &HeaderMap) -> Response<FrameBody> {
    let mut response = plain(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::ALLOW, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Range"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    let private = asked.get("access-control-request-private-network");
    if private.is_some_and(|value| value == "true") {
        headers.insert(
            HeaderName::from_static("access-control-allow-private-network"),
            HeaderValue::from_static("true"),
        );
    }
    response
}

async fn send(
    method: &Method,
    headers: &HeaderMap,
    frame: Arc<FrameFile>,
    site: &Arc<Site>,
) -> Response<FrameBody> {
    let size = frame.size();
    // No validator was ever given out, so an `If-Range` cannot hold, and ranges mean something for GET alone.
    let range = headers
        .get(header::RANGE)
        .filter(|_| *method == Method::GET && !headers.contains_key(header::IF_RANGE))
        .and_then(|range| range.to_str().ok());
    let (status, start, len) = match wanted(range, size) {
        Wanted::All => (StatusCode::OK, 0, size),
        Wanted::Part { start, len } => (StatusCode::PARTIAL_CONTENT, start, len),
        Wanted::Nothing => {
            let mut response = plain(StatusCode::RANGE_NOT_SATISFIABLE);
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return response;
        }
    };
    let content_type = frame.content_type();
    let with_body = *method == Method::GET;
    let buffers = Arc::clone(&site.buffers);
    // One way to a reading thread and back for a small frame, and its faults have a status of their own.
    let opened = spawn_blocking(move || -> Result<(Bytes, Option<FrameReader>), FileFault> {
        panic_at("open");
        let reader = frame.open(start, len, buffers)?;
        if with_body {
            reader.read()
        } else {
            Ok((Bytes::new(), None))
        }
    });
    let (first, rest) = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(FileFault::Changed)) => return plain(StatusCode::GONE),
        Ok(Err(FileFault::Io)) => return plain(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => return plain(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let body = if with_body {
        FrameBody::new(len, first, rest, site)
    } else {
        FrameBody::empty()
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_LENGTH, len.into());
    set(&mut response, header::CONTENT_TYPE, content_type);
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(
        &mut response,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Accept-Ranges, Content-Range",
    );
    if status == StatusCode::PARTIAL_CONTENT {
        let last = start + len - 1;
        set(
            &mut response,
            header::CONTENT_RANGE,
            &format!("bytes {start}-{last}/{size}"),
        );
    }
    response
}

/// An answer that is its status.
fn plain(status: StatusCode) -> Response<FrameBody> {
    let mut response = Response::new(FrameBody::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_LENGTH, 0.into());
    response
}

/// Sets a header to text of ours, which is always a valid value.
fn set(response: &mut Response<FrameBody>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
