//! The handle.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::fault;
use super::pool::pool;
use super::shared::store_for;
use super::store::{Frame, FrameStore};
use super::waiter::Waiter;
use super::warnings::Warnings;
use super::{CacheOptions, CacheStats};
use crate::answer::Answer;
use crate::contained::contained;
use crate::fault::panic_at;
use crate::frame::{FrameError, FrameInfo, inspect, same_bytes};

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
            store: store_for(options),
            warnings: Arc::default(),
        }
    }

    /// Calls `callback` once with the frame at `path`, on a thread of the pool, or on this one if the system gives no
    /// threads.
    pub fn get(&self, path: PathBuf, callback: impl FnOnce(Result<Frame, FrameError>) + Send + 'static) {
        let waiter = self.waiter(path, callback);
        let store = Arc::clone(&self.store);
        match pool() {
            Ok(pool) => pool.spawn(move || store.serve(waiter)),
            Err(error) => {
                let error = FrameError::internal(waiter.asked(), format!("no threads: {error}"));
                waiter.answer(Err(error));
            }
        }
    }

    /// The frame at `path`, loaded on this thread unless it is kept or already being loaded.
    ///
    /// # Errors
    /// Any [`FrameError`].
    pub fn get_blocking(&self, path: PathBuf) -> Result<Frame, FrameError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let asked = path.clone();
        self.store.serve(self.waiter(path, move |outcome| {
            // The receiver waits below.
            let _ = sender.send(outcome);
        }));
        receiver
            .recv()
            .unwrap_or_else(|_| Err(FrameError::internal(&asked, "the load gave no answer")))
    }

    /// Calls `callback` once with what is known of the files at `paths`, in their order, or with the first one's
    /// error. The files are looked at side by side on the pool. In strict mode a doubt is an error, else it is
    /// recorded for [`FrameCache::take_warnings`].
    pub fn inspect(
        &self,
        paths: Vec<PathBuf>,
        callback: impl FnOnce(Result<Vec<FrameInfo>, FrameError>) + Send + 'static,
    ) {
        let warnings = Arc::clone(&self.warnings);
        let strict = self.options().strict;
        let first = paths.first().cloned().unwrap_or_default();
        let asked = first.clone();
        let answer = Answer::new(callback, move || {
            Err(FrameError::internal(
                &asked,
                "the look was dropped without an answer",
            ))
        });
        let pool = match pool() {
            Ok(pool) => pool,
            Err(error) => {
                return answer.give(Err(FrameError::internal(&first, format!("no threads: {error}"))));
            }
        };
        pool.spawn(move || {
            panic_at("inspect job");
            let looked = |path: &PathBuf| {
                let seen = contained(|| {
                    fault::inject(path);
                    panic_at("inspect");
                    inspect(path)
                });
                let info = seen.unwrap_or_else(|reason| Err(FrameError::internal(path, reason)))?;
                match info.doubt {
                    Some(doubt) if strict => return Err(FrameError::doubt(path, doubt)),
                    Some(doubt) => warnings.record(path, doubt),
                    None => {}
                }
                Ok(info)
            };
            // Collected in order first: of several errors the first one's is told, every time.
            let all: Vec<_> = paths.par_iter().map(looked).collect();
            answer.give(all.into_iter().collect());
        });
    }

    /// Calls `callback` once with whether the files of each pair hold the same bytes, in order. The pairs are compared side by side on the
    /// pool. A file that cannot be read is like no other: whoever reads it next will hear why.
    pub fn same_bytes(
        pairs: Vec<(PathBuf, PathBuf)>,
        callback: impl FnOnce(Result<Vec<bool>, FrameError>) + Send + 'static,
    ) {
        let first = pairs.first().map(|(path, _)| path.clone()).unwrap_or_default();
        let asked = first.clone();
        let answer = Answer::new(callback, move || {
            Err(FrameError::internal(
                &asked,
                "the comparison was dropped without an answer",
            ))
        });
        let pool = match pool() {
            Ok(pool) => pool,
            Err(error) => {
                return answer.give(Err(FrameError::internal(&first, format!("no threads: {error}"))));
            }
        };
        pool.spawn(move || {
            panic_at("same_bytes job");
            let same = |(one, other): &(PathBuf, PathBuf)| {
                contained(|| {
                    panic_at("same_bytes");
                    same_bytes(one, other).unwrap_or(false)
                })
                .map_err(|reason| FrameError::internal(one, reason))
            };
            answer.give(pairs.par_iter().map(same).collect());
        });
    }

    fn waiter(
        &self,
        path: PathBuf,
        callback: impl FnOnce(Result<Frame, FrameError>) + Send + 'static,
    ) -> Waiter {
        let warnings = Arc::clone(&self.warnings);
        let asked = path.clone();
        Waiter::new(path, move |outcome| {
            if let Ok(Frame {
                doubt: Some(doubt), ..
            }) = &outcome
            {
                warnings.record(&asked, *doubt);
            }
            callback(outcome);
        })
    }

    /// The options this handle was made with.
    #[must_use]
    pub fn options(&self) -> &CacheOptions {
        self.store.options()
    }

    /// Figures of the store.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.store.stats()
    }

    /// The doubts this handle met since the last call, oldest first; each path once in its life, and at most 256 of
    /// them. They are worded as the errors that strict mode makes of them.
    #[must_use]
    pub fn take_warnings(&self) -> Vec<FrameError> {
        self.warnings.take()
    }
}
