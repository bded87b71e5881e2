//! The handle.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::fault::Fault;
use super::frame_file::FrameFile;
use super::process::{COUNTERS, server};
use super::running::RunningServer;
use super::site::Site;
use super::token::Token;
use super::{ServeError, ServerStats};
use crate::answer::Answer;
use crate::contained::contained;
use crate::fault::panic_at;
use crate::frame::FrameError;
use crate::sync::{Mutex, MutexGuard};

/// A handle on the frame server of this process. Making one starts nothing: the server starts with the first
/// [`FrameServer::register`] of any handle and stops with the last handle that registered something. Frames registered with a
/// handle go with it.
#[derive(Debug, Default)]
pub struct FrameServer {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
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

    /// Calls `callback` once with the URLs of the files at `paths`, in their order, or with the first one's error, and then
    /// none is registered. Each call gives each file a URL of its own. The files are looked at on a thread of the server.
    pub fn register(
        &self,
        paths: Vec<PathBuf>,
        callback: impl FnOnce(Result<Vec<String>, ServeError>) + Send + 'static,
    ) {
        let answer = Answer::new(callback, || {
            Err(ServeError::unavailable("it stopped, or has no thread"))
        });
        // A statement of its own: the lock is let go before anybody is answered.
        let server = lock(&self.state).server();
        let server = match server {
            Ok(server) => server,
            Err(error) => return answer.give(Err(error)),
        };
        let state = Arc::clone(&self.state);
        let site = Arc::clone(&server.site);
        server.spawn(move || {
            let registered = contained(|| add(&paths, &site, &state)).unwrap_or_else(|reason| {
                let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
                Err(FrameError::internal(first, reason).into())
            });
            answer.give(registered);
        });
    }

    /// Forgets frames by their URLs. Those not registered with this handle are left alone. What is being sent is sent to its
    /// end.
    pub fn unregister<'a>(&self, urls: impl IntoIterator<Item = &'a str>) {
        let mut state = lock(&self.state);
        let Some(server) = state.server.clone() else {
            return;
        };
        let base = format!("http://127.0.0.1:{}/", server.site.port);
        let tokens: Vec<Token> = urls
            .into_iter()
            .filter_map(|url| Token::parse(url.strip_prefix(&base)?))
            .filter(|token| state.tokens.remove(token))
            .collect();
        server.site.registry.remove(&tokens);
    }

    /// Forgets all frames of this handle, and stops the server unless another handle uses it. Nothing can be registered
    /// afterwards.
    pub fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let tokens = std::mem::take(&mut state.tokens);
        let server = state.server.take();
        drop(state);
        if let Some(server) = server {
            server.site.registry.remove(&tokens);
        }
    }

    /// Figures of the process's server.
    #[must_use]
    pub fn stats(&self) -> ServerStats {
        let server = lock(&self.state).server.clone();
        COUNTERS.stats(server.map_or(0, |server| server.site.registry.len()))
    }
}

impl State {
    fn server(&mut self) -> Result<Arc<RunningServer>, ServeError> {
        if self.closed {
            return Err(closed());
        }
        if let Some(server) = self.server.as_ref().filter(|server| server.is_running()) {
            return Ok(Arc::clone(server));
        }
        self.tokens.clear();
        let server = server(Fault::from_environment())?;
        self.server = Some(Arc::clone(&server));
        Ok(server)
    }
}

impl Drop for FrameServer {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> ServeError {
    ServeError::unavailable("this handle is closed")
}

/// Looks at the files and registers them; their URLs, in their order.
fn add(paths: &[PathBuf], site: &Site, state: &Mutex<State>) -> Result<Vec<String>, ServeError> {
    panic_at("register job");
    let frames = paths
        .iter()
        .map(|path| look(path))
        .collect::<Result<Vec<_>, _>>()?;
    let urls = frames
        .iter()
        .map(|(token, _)| format!("http://127.0.0.1:{}/{token}", site.port))
        .collect();
    let mut state = lock(state);
    if state.closed {
        return Err(closed());
    }
    state.tokens.extend(frames.iter().map(|(token, _)| *token));
    site.registry.add(frames);
    Ok(urls)
}

fn look(path: &Path) -> Result<(Token, FrameFile), ServeError> {
    let frame = FrameFile::look(path)?;
    let token =
        Token::random().map_err(|error| ServeError::unavailable(format!("no random bytes: {error}")))?;
    Ok((token, frame))
}

/// Nothing done under the lock can panic halfway through a change, so a poisoned lock guards a sound state.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
