//! The frames that handles with equal options share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::fs;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use super::frame_cache::Warnings;
use super::lru::BoundedLru;
use super::{CacheOptions, CacheStats};
use crate::callback::{Callback, catch_panic};
use crate::fault::{at_load, panic_at};
use crate::frame::{DataUri, Defect, FrameError, FrameVersion, MediaType, Source, live_bytes, load};

/// The stores of this process. Weak: a store goes with its last handle and the last get under way.
static STORES: LazyLock<Mutex<HashMap<CacheOptions, Weak<FrameStore>>>> = LazyLock::new(Mutex::default);

/// The bytes of all data URIs that a cache of this process keeps. Only [`KeptBytes`] writes it.
static KEPT_BYTES: AtomicI64 = AtomicI64::new(0);

/// Bytes of all data URIs that any cache of this process keeps, whether JavaScript holds them too or not.
#[must_use]
pub fn kept_bytes() -> i64 {
    // Relaxed, as where it is written: a figure for reports, nothing is ordered by it.
    KEPT_BYTES.load(Ordering::Relaxed)
}

/// Counts its bytes as kept for as long as it lives.
#[derive(Debug)]
struct KeptBytes(i64);

impl KeptBytes {
    fn new(len: usize) -> Self {
        KEPT_BYTES.fetch_add(len as i64, Ordering::Relaxed);
        Self(len as i64)
    }
}

impl Drop for KeptBytes {
    fn drop(&mut self) {
        KEPT_BYTES.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// A frame as handed out.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its data URI, shared with the cache and everybody else who asked.
    pub uri: Arc<DataUri>,
    /// Why its bytes are not one whole image, if they are not. Always `None` in strict mode.
    pub defect: Option<Defect>,
}

/// The outcome of a get.
pub type Outcome = Result<Frame, FrameError>;

/// Names a frame: two symbolic links to one file are one frame, unless they end differently, which makes two data
/// URIs. The version is apart, so that a new one takes the place of the old.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FrameKey {
    real_path: PathBuf,
    media_type: MediaType,
}

impl FrameKey {
    /// The key of the file that `asked` leads to now, and its present version.
    ///
    /// # Errors
    /// If it leads to no regular file.
    pub(super) fn resolve(asked: &Path) -> Result<(Self, FrameVersion), FrameError> {
        let version = FrameVersion::of_file(asked, fs::metadata(asked))?;
        let real_path = fs::canonicalize(asked).map_err(|error| FrameError::io(asked, &error, "open"))?;
        let media_type = MediaType::of(asked);
        Ok((
            Self {
                real_path,
                media_type,
            },
            version,
        ))
    }
}

/// Somebody who waits for a frame.
pub(super) struct Waiter {
    asked: PathBuf,
    warnings: Arc<Warnings>,
    callback: Callback<Outcome>,
}

impl Waiter {
    pub(super) fn new(asked: PathBuf, warnings: Arc<Warnings>, callback: Callback<Outcome>) -> Self {
        Self {
            asked,
            warnings,
            callback,
        }
    }

    /// Hands over the outcome. Errors name the path that was asked for.
    fn answer(self, outcome: Outcome) {
        if let Ok(Frame {
            defect: Some(defect), ..
        }) = &outcome
        {
            self.warnings.record(&self.asked, *defect);
        }
        self.callback
            .call(outcome.map_err(|error| error.with_path(&self.asked)));
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

/// One load per key at a time: who waits for which, without holding a thread. It has no lock of its own: it lives under the store's,
/// together with the cache, so that between a look into the one and a look into the other no load can complete.
#[derive(Debug)]
pub(super) struct Flights<K, W> {
    waiting: HashMap<K, Vec<W>>,
}

impl<K: Hash + Eq, W> Flights<K, W> {
    pub(super) fn new() -> Self {
        Self {
            waiting: HashMap::new(),
        }
    }

    /// Waits for the load of `key`. `true` says that nobody loads it yet: the caller must, and then [`Flights::complete`].
    pub(super) fn join(&mut self, key: K, waiter: W) -> bool {
        match self.waiting.entry(key) {
            Entry::Occupied(mut flight) => {
                flight.get_mut().push(waiter);
                false
            }
            Entry::Vacant(flight) => {
                flight.insert(vec![waiter]);
                true
            }
        }
    }

    /// Ends the load of `key`. Everybody returned must be told its result; who comes later starts a load anew.
    #[must_use]
    pub(super) fn complete(&mut self, key: &K) -> Vec<W> {
        self.waiting.remove(key).unwrap_or_default()
    }
}

#[derive(Debug)]
pub(super) struct Kept {
    frame: Frame,
    version: FrameVersion,
    /// Dropped with the entry, whoever else may still hold the frame.
    _bytes: KeptBytes,
}

#[derive(Debug)]
pub(super) struct State {
    kept: BoundedLru<FrameKey, Kept>,
    pub(super) flights: Flights<(FrameKey, FrameVersion), Waiter>,
    hits: u64,
    misses: u64,
}

/// A cache and the loads under way for it.
#[derive(Debug)]
pub(super) struct FrameStore {
    options: CacheOptions,
    state: Mutex<State>,
    mapped: AtomicU64,
    read: AtomicU64,
}

impl FrameStore {
    pub(super) fn new(options: CacheOptions) -> Self {
        let state = State {
            kept: BoundedLru::new(options.entry_limit, options.bytes_limit),
            flights: Flights::new(),
            hits: 0,
            misses: 0,
        };
        Self {
            options,
            state: Mutex::new(state),
            mapped: AtomicU64::new(0),
            read: AtomicU64::new(0),
        }
    }

    /// The store for these options, made if no handle has one.
    pub(super) fn shared(options: CacheOptions) -> Arc<Self> {
        let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = stores.get(&options).and_then(Weak::upgrade) {
            return store;
        }
        stores.retain(|_, store| store.strong_count() > 0);
        let store = Arc::new(Self::new(options));
        stores.insert(options, Arc::downgrade(&store));
        store
    }

    pub(super) fn options(&self) -> &CacheOptions {
        &self.options
    }

    /// Answers the waiter: at once if the frame is kept, when the load completes if one is under way, and otherwise by
    /// loading it on this thread.
    pub(super) fn get(&self, waiter: Waiter) {
        panic_at("get job");
        let (key, version) = match FrameKey::resolve(&waiter.asked) {
            Ok(resolved) => resolved,
            Err(error) => return waiter.answer(Err(error)),
        };
        let asked = waiter.asked.clone();
        let flight = (key, version);
        let mut state = self.lock();
        if let Some(kept) = state.kept.get(&flight.0, |kept| kept.version == flight.1) {
            let frame = kept.frame.clone();
            state.hits += 1;
            drop(state);
            return waiter.answer(Ok(frame));
        }
        if !state.flights.join(flight.clone(), waiter) {
            state.hits += 1;
            return;
        }
        state.misses += 1;
        drop(state);
        let leader = Leader::new(self, flight);
        let loaded = catch_panic(|| self.load(&asked, &leader.flight.0))
            .unwrap_or_else(|message| Err(FrameError::internal(&asked, message)));
        leader.complete(loaded);
    }

    fn load(&self, asked: &Path, key: &FrameKey) -> Result<Kept, FrameError> {
        at_load(asked);
        panic_at("load");
        let loaded = load(asked, &key.real_path, key.media_type, self.options.mapping)?;
        let counter = match loaded.source {
            Source::Mapped => &self.mapped,
            Source::Read => &self.read,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        match loaded.defect {
            Some(defect) if self.options.strict => Err(FrameError::defect(asked, defect)),
            defect => {
                let bytes = KeptBytes::new(loaded.uri.as_bytes().len());
                let frame = Frame {
                    uri: Arc::new(loaded.uri),
                    defect,
                };
                Ok(Kept {
                    frame,
                    version: loaded.version,
                    _bytes: bytes,
                })
            }
        }
    }

    pub(super) fn stats(&self) -> CacheStats {
        let state = self.lock();
        CacheStats {
            entries: state.kept.len(),
            bytes: state.kept.bytes(),
            evictions: state.kept.evictions(),
            oversized_rejections: state.kept.oversized_rejections(),
            hits: state.hits,
            misses: state.misses,
            mapped: self.mapped.load(Ordering::Relaxed),
            read: self.read.load(Ordering::Relaxed),
            live_bytes: live_bytes(),
        }
    }

    /// Nothing done under the lock can panic halfway through a change, so a poisoned lock guards a sound state.
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread that loads a frame for all who wait for it. However the load ends, nobody waits without end: if this is dropped before
/// the load completes, everybody gets an internal error, and the next to ask starts anew.
#[derive(Debug)]
pub(super) struct Leader<'a> {
    store: &'a FrameStore,
    flight: (FrameKey, FrameVersion),
    completed: bool,
}

impl<'a> Leader<'a> {
    pub(super) fn new(store: &'a FrameStore, flight: (FrameKey, FrameVersion)) -> Self {
        Self {
            store,
            flight,
            completed: false,
        }
    }

    pub(super) fn complete(mut self, loaded: Result<Kept, FrameError>) {
        panic_at("complete");
        let outcome: Outcome = loaded
            .as_ref()
            .map(|kept| kept.frame.clone())
            .map_err(Clone::clone);
        let mut state = self.store.lock();
        let waiters = state.flights.complete(&self.flight);
        self.completed = true;
        let dropped = match loaded {
            // A file replaced between the look at it and the load is right for those who wait, whose get was under way
            // when it was replaced, but it is kept only under the version that later gets will look for.
            Ok(kept) => {
                let len = kept.frame.uri.as_bytes().len();
                state.kept.insert(self.flight.0.clone(), kept, len)
            }
            Err(_) => Vec::new(),
        };
        drop(state);
        drop(dropped);
        for waiter in waiters {
            waiter.answer(outcome.clone());
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        if !self.completed {
            let waiters = self.store.lock().flights.complete(&self.flight);
            // Outside of the lock: each answers as it goes.
            drop(waiters);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_leads_until_the_load_completes() {
        let mut flights = Flights::new();
        assert!(flights.join("a", 1));
        assert!(!flights.join("a", 2));
        assert!(flights.join("b", 3));
        assert_eq!(flights.complete(&"a"), [1, 2]);
        assert!(flights.complete(&"a").is_empty());
        assert!(flights.join("a", 4));
        assert_eq!(flights.complete(&"b"), [3]);
    }
}
