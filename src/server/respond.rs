//! The answer to a request, and the body of a frame on its way.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Sleep, sleep};

use super::connection::Progress;
use super::frame_file::{FileFault, FrameFile, FrameReader};
use super::registry::Token;
use super::state::ServerState;
use crate::fault::{ServerFault, panic_at};

const METHODS: HeaderValue = HeaderValue::from_static("GET, OPTIONS");

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
pub(super) async fn respond<B>(
    request: Request<B>,
    state: &Arc<ServerState>,
    progress: &Arc<Progress>,
) -> Response<FrameBody> {
    state.counters.request();
    panic_at("request");
    if ServerFault::Die.is(state.fault) {
        state.death.count().await;
    }
    let mut response = route(request, state, progress).await;
    if response.status().as_u16() >= 400 {
        state.counters.refused();
    }
    for (name, value) in EVERYWHERE {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn route<B>(
    request: Request<B>,
    state: &Arc<ServerState>,
    progress: &Arc<Progress>,
) -> Response<FrameBody> {
    // First of all: a page whose own name was made to point here (DNS rebinding) must learn nothing.
    if !names_this_server(&request, state.port) {
        return empty(StatusCode::MISDIRECTED_REQUEST);
    }
    match *request.method() {
        Method::GET => {}
        Method::OPTIONS => return preflight(request.headers()),
        _ => {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(header::ALLOW, METHODS);
            return response;
        }
    }
    let token = request.uri().path().strip_prefix('/').and_then(Token::parse);
    let frame = token
        .filter(|_| request.uri().query().is_none())
        .and_then(|token| state.registry.get(token));
    match frame {
        Some(frame) => {
            progress.frame_asked_for();
            send(frame, state, progress).await
        }
        None => empty(StatusCode::NOT_FOUND),
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

/// Every path gets this answer, so that a client cannot find out which exist.
fn preflight(asked: &HeaderMap) -> Response<FrameBody> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::ALLOW, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
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
    frame: Arc<FrameFile>,
    state: &Arc<ServerState>,
    progress: &Arc<Progress>,
) -> Response<FrameBody> {
    let (size, content_type) = (frame.size(), frame.content_type());
    let buffers = Arc::clone(&state.buffers);
    // One way to a reading thread and back for a small frame, and its faults have a status of their own.
    let opened = spawn_blocking(move || {
        panic_at("open");
        frame.open(buffers)?.read()
    });
    let (first, rest) = match opened.await {
        Ok(Ok(opened)) => opened,
        Ok(Err(FileFault::Changed)) => return empty(StatusCode::GONE),
        Ok(Err(FileFault::Io)) => return empty(StatusCode::SERVICE_UNAVAILABLE),
        Err(_) => return empty(StatusCode::INTERNAL_SERVER_ERROR),
    };
    let mut response = Response::new(FrameBody::new(size, first, rest, state, progress));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, size.into());
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// An answer that is its status.
fn empty(status: StatusCode) -> Response<FrameBody> {
    let mut response = Response::new(FrameBody::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_LENGTH, 0.into());
    response
}

type Read = Result<(Bytes, Option<FrameReader>), FileFault>;

/// The body of a response: chunks of a frame, or nothing. While one chunk is being written the next is being read, and
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
    /// The chunks sent so far get the time to leave first.
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

    /// `len` bytes, of which the first chunk is here.
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

    fn send(&mut self, mut chunk: Bytes) -> Bytes {
        if let Some(left) = &mut self.fails_after {
            if *left < chunk.len() as u64 {
                chunk.truncate(usize::try_from(*left).unwrap_or_default());
                self.next = Next::Failure(Box::pin(sleep(Duration::from_millis(50))));
            }
            *left -= chunk.len() as u64;
        }
        self.left -= chunk.len() as u64;
        if let Some((state, progress)) = &self.told {
            progress.chunk_taken();
            state.counters.sent(chunk.len());
            if self.left == 0 {
                state.counters.frame();
            }
        }
        chunk
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
                Next::Here(chunk, rest) => Ok(Ok((chunk, rest))),
                _ => return Poll::Ready(None),
            },
        };
        // An error here closes the connection before the length that was promised is reached, which is how the client
        // learns of it.
        let (chunk, rest) = match read {
            Ok(Ok(read)) => read,
            Ok(Err(_)) | Err(_) => return Poll::Ready(Some(Err(io::ErrorKind::InvalidData.into()))),
        };
        if let Some(reader) = rest {
            self.next = Next::Coming(spawn_blocking(move || {
                panic_at("read on");
                reader.read()
            }));
        }
        Poll::Ready(Some(Ok(Frame::data(self.send(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.next, Next::End)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
