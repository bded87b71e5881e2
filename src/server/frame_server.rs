//! The handle.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use super::frame_file::FrameFile;
use super::registry::Token;
use super::running::RunningServer;
use super::state::{Counters, ServerState};
use super::{ServerError, ServerStats};
use crate::callback::{Callback, catch_panic};
use crate::fault::{ServerFault, panic_at};
use crate::frame::FrameError;

/// The one server of this process. Weak: it goes with its last handle.
static SERVER: Mutex<Weak<RunningServer>> = Mutex::new(Weak::new());

/// Of every server this process had.
static COUNTERS: LazyLock<Arc<Counters>> = LazyLock::new(Arc::default);

/// The server of this process, started if it is not running.
///
/// # Errors
/// [`ServerError::Unavailable`] if it cannot be started. The next call tries again.
pub(super) fn server(fault: Option<ServerFault>) -> Result<Arc<RunningServer>, ServerError> {
    let mut server = lock(&SERVER);
    if let Some(running) = server.upgrade().filter(|running| running.is_running()) {
        return Ok(running);
    }
    let started = Arc::new(RunningServer::start(Arc::clone(&COUNTERS), fault)?);
    *server = Arc::downgrade(&started);
    Ok(started)
}

/// A handle on the frame server of this process. Making one starts nothing: the server starts with the first
/// [`FrameServer::register`] of any handle and stops with the last handle that registered something. Frames registered with a
/// handle go with it.
#[derive(Debug, Default)]
pub struct FrameServer {
    handle: Arc<Mutex<Handle>>,
}

#[derive(Debug, Default)]
struct Handle {
    closed: bool,
    server: Option<Arc<RunningServer>>,
    tokens: HashSet<Token>,
}

impl FrameServer {
    /// A handle with nothing registered.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives `callback` the URLs of the files at `paths`, in their order, or the first one's error, and then none is registered. Each
    /// call gives each file a URL of its own. The files are looked at on a thread of the server.
    pub fn register(&self, paths: Vec<PathBuf>, callback: Callback<Result<Vec<String>, ServerError>>) {
        // The server drops what it cannot run any more.
        let callback = callback.if_dropped(|| Err(ServerError::unavailable("it stopped, or has no thread")));
        // A statement of its own: the lock is free before anybody is answered.
        let server = lock(&self.handle).server();
        let server = match server {
            Ok(server) => server,
            Err(error) => return callback.call(Err(error)),
        };
        let handle = Arc::clone(&self.handle);
        let state = Arc::clone(&server.state);
        server.spawn(move || {
            let registered = catch_panic(|| add(&paths, &state, &handle)).unwrap_or_else(|message| {
                let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
                Err(FrameError::internal(first, message).into())
            });
            callback.call(registered);
        });
    }

    /// Forgets frames by their URLs. Those not registered with this handle are left alone. What is being sent is sent to its
    /// end.
    pub fn unregister<'a>(&self, urls: impl IntoIterator<Item = &'a str>) {
        let mut handle = lock(&self.handle);
        let Some(server) = handle.server.clone() else {
            return;
        };
        let base = format!("http://127.0.0.1:{}/", server.state.port);
        let tokens: Vec<Token> = urls
            .into_iter()
            .filter_map(|url| Token::parse(url.strip_prefix(&base)?))
            .filter(|token| handle.tokens.remove(token))
            .collect();
        server.state.registry.remove(&tokens);
    }

    /// Forgets all frames of this handle, and stops the server unless another handle uses it. Nothing can be registered
    /// afterwards.
    pub fn close(&self) {
        let mut handle = lock(&self.handle);
        handle.closed = true;
        let tokens = std::mem::take(&mut handle.tokens);
        let server = handle.server.take();
        drop(handle);
        if let Some(server) = server {
            server.state.registry.remove(&tokens);
        }
    }

    /// Figures of the process's server.
    #[must_use]
    pub fn stats(&self) -> ServerStats {
        let server = lock(&self.handle).server.clone();
        COUNTERS.stats(server.map_or(0, |server| server.state.registry.len()))
    }
}

impl Handle {
    fn server(&mut self) -> Result<Arc<RunningServer>, ServerError> {
        if self.closed {
            return Err(closed());
        }
        if let Some(server) = self.server.as_ref().filter(|server| server.is_running()) {
            return Ok(Arc::clone(server));
        }
        self.tokens.clear();
        let server = server(ServerFault::from_environment())?;
        self.server = Some(Arc::clone(&server));
        Ok(server)
    }
}

impl Drop for FrameServer {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> ServerError {
    ServerError::unavailable("this handle is closed")
}

/// Looks at the files and registers them; their URLs, in their order.
fn add(paths: &[PathBuf], state: &ServerState, handle: &Mutex<Handle>) -> Result<Vec<String>, ServerError> {
    panic_at("register job");
    let frames = paths
        .iter()
        .map(|path| token_and_file(path))
        .collect::<Result<Vec<_>, _>>()?;
    let urls = frames
        .iter()
        .map(|(token, _)| format!("http://127.0.0.1:{}/{token}", state.port))
        .collect();
    let mut handle = lock(handle);
    if handle.closed {
        return Err(closed());
    }
    handle.tokens.extend(frames.iter().map(|(token, _)| *token));
    state.registry.add(frames);
    Ok(urls)
}

fn token_and_file(path: &Path) -> Result<(Token, FrameFile), ServerError> {
    let frame = FrameFile::new(path)?;
    let token =
        Token::random().map_err(|error| ServerError::unavailable(format!("no random bytes: {error}")))?;
    Ok((token, frame))
}

/// Nothing done under the lock can panic halfway through a change, so a poisoned lock guards a sound state.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
