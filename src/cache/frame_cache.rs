//! The handle.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::store::{FrameStore, Outcome, Waiter};
use super::{CacheOptions, CacheStats, Frame};
use crate::callback::Callback;
use crate::fault::{at_load, panic_at};
use crate::frame::{Defect, FrameError, FrameInfo, inspect, same_bytes};

/// More do not help: one thread encodes several times faster than Chrome decodes, and the cores are Chrome's.
const MOST_THREADS: usize = 4;

/// How many paths one handle warns about in its life. A render with more has one cause, and it is named by then.
const MOST_WARNINGS: usize = 256;

/// A handle on a store of frames. Making one starts nothing: the threads come with the first [`FrameCache::get`].
#[derive(Debug)]
pub struct FrameCache {
    store: Arc<FrameStore>,
    warnings: Arc<Warnings>,
}

impl FrameCache {
    /// A handle on the store for `options`, which it shares with all handles of equal options in the process.
    #[must_use]
    pub fn new(options: CacheOptions) -> Self {
        Self {
            store: FrameStore::shared(options),
            warnings: Arc::default(),
        }
    }

    /// Gives `callback` the frame at `path`, on a thread of the pool; an error, on this one, if the system gives no threads.
    pub fn get(&self, path: PathBuf, callback: Callback<Outcome>) {
        let (store, warnings) = (Arc::clone(&self.store), Arc::clone(&self.warnings));
        on_pool(path, callback, move |path, callback| {
            store.get(Waiter::new(path, warnings, callback));
        });
    }

    /// The frame at `path`, loaded on this thread unless it is kept or already being loaded.
    ///
    /// # Errors
    /// Any [`FrameError`].
    pub fn get_blocking(&self, path: PathBuf) -> Result<Frame, FrameError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let asked = path.clone();
        let callback = Callback::new(
            move |outcome| {
                // The receiver waits below.
                let _ = sender.send(outcome);
            },
            move || Err(FrameError::unanswered(&asked)),
        );
        let asked = path.clone();
        let waiter = Waiter::new(path, Arc::clone(&self.warnings), callback);
        self.store.get(waiter);
        receiver
            .recv()
            .unwrap_or_else(|_| Err(FrameError::unanswered(&asked)))
    }

    /// Gives `callback` what is known of the files at `paths`, in their order, or the first one's error. The files are looked at
    /// side by side on the pool. In strict mode a defect is an error, else it is recorded for [`FrameCache::take_warnings`].
    pub fn inspect(&self, paths: Vec<PathBuf>, callback: Callback<Result<Vec<FrameInfo>, FrameError>>) {
        let warnings = Arc::clone(&self.warnings);
        let strict = self.store.options().strict;
        let first = paths.first().cloned().unwrap_or_default();
        on_pool(first, callback, move |_, callback| {
            panic_at("inspect job");
            let inspected = |path: &PathBuf| {
                at_load(path);
                panic_at("inspect");
                let info = inspect(path)?;
                match info.defect {
                    Some(defect) if strict => return Err(FrameError::defect(path, defect)),
                    Some(defect) => warnings.record(path, defect),
                    None => {}
                }
                Ok(info)
            };
            // Collected in order first: of several errors the first file's is given, every time.
            let all: Vec<_> = paths.par_iter().map(inspected).collect();
            callback.call(all.into_iter().collect());
        });
    }

    /// Gives `callback` whether the files of each pair hold the same bytes, in order. The pairs are compared side by side on the
    /// pool. A file that cannot be read is like no other: whoever reads it next will hear why.
    pub fn same_bytes(pairs: Vec<(PathBuf, PathBuf)>, callback: Callback<Result<Vec<bool>, FrameError>>) {
        let first = pairs.first().map(|(path, _)| path.clone()).unwrap_or_default();
        on_pool(first, callback, move |_, callback| {
            panic_at("same_bytes job");
            let same = |(one, other): &(PathBuf, PathBuf)| {
                panic_at("same_bytes");
                same_bytes(one, other).unwrap_or(false)
            };
            callback.call(Ok(pairs.par_iter().map(same).collect()));
        });
    }

    /// Figures of the store.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.store.stats()
    }

    /// The defects of frames that this handle passed on since the last call, oldest first; each path once in its life, and at most 256 of
    /// them. They are worded as the errors that strict mode makes of them.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<FrameError> {
        self.warnings.take()
    }
}

/// Runs `job` on the pool. A panic of it drops the callback, which reports it to whoever waits. `path` is what errors name.
fn on_pool<T: 'static>(
    path: PathBuf,
    callback: Callback<Result<T, FrameError>>,
    job: impl FnOnce(PathBuf, Callback<Result<T, FrameError>>) + Send + 'static,
) {
    let named = path.clone();
    let callback = callback.if_dropped(move || Err(FrameError::unanswered(&named)));
    match pool() {
        Ok(pool) => pool.spawn(move || job(path, callback)),
        Err(error) => callback.call(Err(FrameError::internal(&path, format!("no threads: {error}")))),
    }
}

/// The pool of this process, started when it is first needed and never stopped: it must outlive the worker threads that
/// use it, and its idle threads keep no process from exiting.
///
/// # Errors
/// If the system gives no threads. The next call tries again.
fn pool() -> Result<&'static ThreadPool, ThreadPoolBuildError> {
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
        // Without a handler rayon aborts the process when a job panics. The job's callback reports it.
        .panic_handler(|_| {})
        .build()?;
    Ok(POOL.get_or_init(|| pool))
}

/// The defects that one handle met: each path once, and at most [`MOST_WARNINGS`] of them.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: HashSet<PathBuf>,
    pending: Vec<FrameError>,
}

impl Warnings {
    pub(super) fn record(&self, asked: &Path, defect: Defect) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.seen.len() < MOST_WARNINGS && state.seen.insert(asked.to_owned()) {
            state.pending.push(FrameError::defect(asked, defect));
        }
    }

    /// The warnings recorded since the last call, oldest first.
    fn take(&self) -> Vec<FrameError> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_once_and_not_without_end() {
        let warnings = Warnings::default();
        for _ in 0..2 {
            for index in 0..2 * MOST_WARNINGS {
                warnings.record(Path::new(&format!("/{index}.jpg")), Defect::Empty);
            }
        }
        let taken = warnings.take();
        assert_eq!(taken.len(), MOST_WARNINGS);
        assert_eq!(
            (taken[1].code(), taken[1].path()),
            ("FRAME_EMPTY", Path::new("/1.jpg"))
        );
        assert!(warnings.take().is_empty());
    }
}
