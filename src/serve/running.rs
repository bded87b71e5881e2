//! A server that runs.

use std::fmt::Display;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

use super::ServeError;
use super::fault::Fault;
use super::limits::Limits;
use super::process::COUNTERS;
use super::run::run;
use super::site::Site;
use crate::contained::contained;

/// Threads that read files, beside the one that has the sockets. It reads faster than that one writes
/// (`docs/frame-server.md`), and the cores are Chrome's.
const READERS: usize = 1;

/// A server on a thread of its own. Dropping it stops the server soon, without waiting: it may be dropped inside a garbage
/// collection.
#[derive(Debug)]
pub(super) struct RunningServer {
    pub(super) site: Arc<Site>,
    runtime: Handle,
    thread: JoinHandle<()>,
    /// Its drop ends [`run`].
    _stop: oneshot::Sender<()>,
}

impl RunningServer {
    /// # Errors
    /// [`ServeError::Unavailable`] if it cannot be started.
    pub(super) fn start(fault: Option<Fault>) -> Result<Self, ServeError> {
        fn unavailable(what: &str, error: impl Display) -> ServeError {
            ServeError::unavailable(format!("{what}: {error}"))
        }
        if fault == Some(Fault::Bind) {
            return Err(unavailable(
                "no port",
                "injected by HYPERFRAMES_NATIVE_FAULT_SERVER",
            ));
        }
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .thread_name("hf-serve-read")
            .max_blocking_threads(READERS)
            .build()
            .map_err(|error| unavailable("no runtime", error))?;
        let listener = bind(&runtime).map_err(|error| unavailable("no port", error))?;
        let port = listener
            .local_addr()
            .map_err(|error| unavailable("no port", error))?
            .port();
        let site = Arc::new(Site::new(port, Arc::clone(&COUNTERS), Limits::default(), fault));
        let (stop, stopped) = oneshot::channel::<()>();
        let handle = runtime.handle().clone();
        let served = Arc::clone(&site);
        let thread = thread::Builder::new()
            .name("hf-serve".to_owned())
            .spawn(move || {
                let shutdown = async {
                    // An error is the sender's drop, which is the signal.
                    let _ = stopped.await;
                };
                // Tasks contain their own panics. After one here there is no server, and the next one to need it
                // starts another.
                let _ = contained(|| runtime.block_on(run(listener, served, shutdown)));
                // Not waiting for a read that hangs, of a disk that is gone for example.
                runtime.shutdown_background();
            })
            .map_err(|error| unavailable("no thread", error))?;
        Ok(Self {
            site,
            runtime: handle,
            thread,
            _stop: stop,
        })
    }

    pub(super) fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Runs `job` on a thread that reads files. Dropped without being run if the server stops first, or if the system gives
    /// no thread.
    pub(super) fn spawn<J: FnOnce() + Send + 'static>(&self, job: J) {
        let job = Arc::new(Mutex::new(Some(job)));
        let queued = Arc::clone(&job);
        // tokio panics if it cannot start a first thread, and keeps what it was given in its queue.
        let spawned = contained(|| {
            self.runtime.spawn_blocking(move || {
                if let Some(job) = take(&queued) {
                    job();
                }
            })
        });
        if spawned.is_err() {
            drop(take(&job));
        }
    }
}

fn take<J>(job: &Mutex<Option<J>>) -> Option<J> {
    job.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The system chooses the port. No other machine can reach the address.
fn bind(runtime: &Runtime) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let _context = runtime.enter();
    TcpListener::from_std(listener)
}
