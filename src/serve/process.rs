//! The one server of this process.

use std::sync::{Arc, LazyLock, PoisonError, Weak};

use super::ServeError;
use super::counters::Counters;
use super::fault::Fault;
use super::running::RunningServer;
use crate::sync::{Mutex, process_wide};

process_wide! {
    /// Weak: the server goes with its last handle.
    static SERVER: Mutex<Weak<RunningServer>> = Mutex::new(Weak::new());
}

/// Of every server this process had.
pub(super) static COUNTERS: LazyLock<Arc<Counters>> = LazyLock::new(Arc::default);

/// The server of this process, started if it is not running.
///
/// # Errors
/// [`ServeError::Unavailable`] if it cannot be started. The next call tries again.
pub(super) fn server(fault: Option<Fault>) -> Result<Arc<RunningServer>, ServeError> {
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = server.upgrade().filter(|running| running.is_running()) {
        return Ok(running);
    }
    let started = Arc::new(RunningServer::start(fault)?);
    *server = Arc::downgrade(&started);
    Ok(started)
}
