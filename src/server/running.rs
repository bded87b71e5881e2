//! A server that runs: its thread, its port, and whose turn it is.

use std::collections::VecDeque;
use std::fmt::Display;
use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::ServerError;
use super::connection::{LONGEST_HEAD, Progress, serve};
use super::state::{Counters, Limits, ServerState};
use crate::callback::catch_panic;
use crate::fault::{ServerFault, panic_at};

/// Threads that read files, beside the one that has the sockets. It reads faster than that one writes
/// (`docs/frame-server.md`), and the cores are Chrome's.
const READERS: usize = 1;

/// How long to wait after a failed accept. The usual cause is a process out of file descriptors, which passes.
const BACK_OFF: Duration = Duration::from_millis(100);

/// For a connection whose turn does not come.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// A server on a thread of its own. Dropping it stops the server soon, without waiting: it may be dropped inside a garbage
/// collection.
#[derive(Debug)]
pub(super) struct RunningServer {
    pub(super) state: Arc<ServerState>,
    runtime: Handle,
    thread: JoinHandle<()>,
    /// Its drop ends [`run`].
    _stop: oneshot::Sender<()>,
}

impl RunningServer {
    /// # Errors
    /// [`ServerError::Unavailable`] if it cannot be started.
    pub(super) fn start(counters: Arc<Counters>, fault: Option<ServerFault>) -> Result<Self, ServerError> {
        fn unavailable(what: &str, error: impl Display) -> ServerError {
            ServerError::unavailable(format!("{what}: {error}"))
        }
        if ServerFault::Bind.is(fault) {
            return Err(unavailable("no port", "injected"));
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
        let state = Arc::new(ServerState::new(port, counters, Limits::default(), fault));
        let (stop, stopped) = oneshot::channel::<()>();
        let handle = runtime.handle().clone();
        let served = Arc::clone(&state);
        let thread = thread::Builder::new()
            .name("hf-serve".to_owned())
            .spawn(move || {
                let shutdown = async {
                    // An error is the sender's drop, which is the signal.
                    let _ = stopped.await;
                };
                // Tasks contain their own panics. After one here there is no server, and the next one to need it
                // starts another.
                let _ = catch_panic(|| runtime.block_on(run(listener, served, shutdown)));
                // Not waiting for a read that hangs, of a disk that is gone for example.
                runtime.shutdown_background();
            })
            .map_err(|error| unavailable("no thread", error))?;
        Ok(Self {
            state,
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
        fn take<J>(job: &Mutex<Option<J>>) -> Option<J> {
            job.lock().unwrap_or_else(PoisonError::into_inner).take()
        }
        let job = Arc::new(Mutex::new(Some(job)));
        let queued = Arc::clone(&job);
        // tokio panics if it cannot start a first thread, and keeps what it was given in its queue.
        let spawned = catch_panic(|| {
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

/// The system chooses the port. No other machine can reach the address.
fn bind(runtime: &Runtime) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let _context = runtime.enter();
    TcpListener::from_std(listener)
}

/// Serves connections of `listener` until `shutdown` is over. Then the port is free and every connection closed.
pub(super) async fn run(listener: TcpListener, state: Arc<ServerState>, shutdown: impl Future<Output = ()>) {
    panic_at("server");
    let mut shutdown = pin!(shutdown);
    tokio::select! {
        () = &mut shutdown => {}
        () = state.death.wait() => {}
        () = accept(&listener, &state) => {}
    }
}

/// Accepts and serves connections, so many at a time. Where one more comes, the oldest client that has not asked for a registered frame
/// is closed for it: whoever reaches the port can make any number of connections, while a browser asks at once. Where all have asked,
/// the new one waits until one of them is done, and further ones wait in the system's queue.
async fn accept(listener: &TcpListener, state: &Arc<ServerState>) {
    let permits = Arc::new(Semaphore::new(state.limits.connections));
    // Dropped with this future, and with it the connections' tasks.
    let mut tasks = JoinSet::new();
    let mut unproven = Unproven::default();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(BACK_OFF).await;
            continue;
        };
        // A task that panicked took its connection with it, and nothing else.
        while tasks.try_join_next().is_some() {}
        if permits.available_permits() == 0 {
            unproven.close_oldest();
        }
        let Ok(Ok(permit)) = timeout(state.limits.head, Arc::clone(&permits).acquire_owned()).await else {
            state.counters.refused();
            refuse(&stream);
            continue;
        };
        // Else the end of a frame may wait for the acknowledgement of what went before. A socket that refuses is slower.
        let _ = stream.set_nodelay(true);
        let progress = Arc::<Progress>::default();
        let (served, progressing) = (Arc::clone(state), Arc::clone(&progress));
        let task = tasks.spawn(async move {
            serve(stream, served, progressing).await;
            drop(permit);
        });
        unproven.push(task, progress, state.limits.connections);
    }
}

/// Says that there are too many connections. A request that has come is read first: closing over it would be a reset.
fn refuse(stream: &TcpStream) {
    let _ = stream.try_read(&mut [0; LONGEST_HEAD]);
    let _ = stream.try_write(TOO_MANY);
}

/// Connections that have not asked for a registered frame yet, oldest first.
#[derive(Default)]
struct Unproven(VecDeque<(AbortHandle, Arc<Progress>)>);

impl Unproven {
    fn push(&mut self, task: AbortHandle, progress: Arc<Progress>, limit: usize) {
        if self.0.len() >= 2 * limit {
            self.0.retain(Self::holds);
        }
        self.0.push_back((task, progress));
    }

    fn close_oldest(&mut self) {
        while let Some(oldest) = self.0.pop_front() {
            if Self::holds(&oldest) {
                return oldest.0.abort();
            }
        }
    }

    fn holds((task, progress): &(AbortHandle, Arc<Progress>)) -> bool {
        !task.is_finished() && !progress.asked_for_frame()
    }
}
