//! The threads that load frames.

use std::sync::{Mutex, OnceLock, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// More do not help: one thread encodes several times faster than Chrome decodes, and the cores are Chrome's.
const MOST_THREADS: usize = 4;

/// The pool of this process, started when it is first needed and never stopped: it must outlive the worker threads that
/// use it, and its idle threads keep no process from exiting.
///
/// # Errors
/// If the system gives no threads. The next call tries again.
pub(crate) fn pool() -> Result<&'static ThreadPool, ThreadPoolBuildError> {
    static POOL: OnceLock<ThreadPool> = OnceLock::new();
    static BUILDING: Mutex<()> = Mutex::new(());
    if let Some(pool) = POOL.get() {
        return Ok(pool);
    }
    let _building = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = POOL.get() {
        return Ok(pool);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = ThreadPoolBuilder::new()
        .num_threads(cores.clamp(1, MOST_THREADS))
        .thread_name(|index| format!("hf-frames-{index}"))
        // Without a handler rayon aborts the process when a job panics. Every job answers its waiter by itself.
        .panic_handler(|_| {})
        .build()?;
    Ok(POOL.get_or_init(|| pool))
}
