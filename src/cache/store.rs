//! The frames that handles with equal options share.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::bounded::Bounded;
use super::fault;
use super::kept_bytes::KeptBytes;
use super::key::FrameKey;
use super::single_flight::Flights;
use super::waiter::{Outcome, Waiter};
use super::{CacheOptions, CacheStats};
use crate::contained::contained;
use crate::fault::panic_at;
use crate::frame::{DataUri, FrameDoubt, FrameError, FrameVersion, Source, live_bytes, load};
use crate::sync::atomic::{AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// A frame as handed out.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its data URI, shared with the cache and everybody else who asked.
    pub uri: Arc<DataUri>,
    /// What speaks against its bytes being an image. Always `None` in strict mode.
    pub doubt: Option<FrameDoubt>,
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
    kept: Bounded<FrameKey, Kept>,
    pub(super) flights: Flights<(FrameKey, FrameVersion), Waiter>,
    hits: u64,
    misses: u64,
}

/// A cache and the loads under way for it.
#[derive(Debug)]
pub(crate) struct FrameStore {
    options: CacheOptions,
    state: Mutex<State>,
    mapped: AtomicU64,
    read: AtomicU64,
}

impl FrameStore {
    pub(crate) fn new(options: CacheOptions) -> Self {
        let state = State {
            kept: Bounded::new(options.entry_limit, options.bytes_limit),
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

    pub(crate) fn options(&self) -> &CacheOptions {
        &self.options
    }

    /// Answers the waiter: at once if the frame is kept, when the load lands if one is under way, and otherwise by
    /// loading it on this thread.
    pub(crate) fn serve(&self, waiter: Waiter) {
        panic_at("get job");
        let (key, version) = match FrameKey::resolve(waiter.asked()) {
            Ok(resolved) => resolved,
            Err(error) => return waiter.answer(Err(error)),
        };
        let asked = waiter.asked().to_owned();
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
        let led = Led::new(self, flight);
        let loaded = contained(|| self.load(&asked, &led.flight.0))
            .unwrap_or_else(|reason| Err(FrameError::internal(&asked, reason)));
        led.land(loaded);
    }

    fn load(&self, asked: &Path, key: &FrameKey) -> Result<Kept, FrameError> {
        fault::inject(asked);
        panic_at("load");
        let loaded = load(asked, &key.real_path, key.media_type, self.options.mapping)?;
        let counter = match loaded.source {
            Source::Mapped => &self.mapped,
            Source::Read => &self.read,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        match loaded.doubt {
            Some(doubt) if self.options.strict => Err(FrameError::doubt(asked, doubt)),
            doubt => {
                let bytes = KeptBytes::new(loaded.uri.as_bytes().len());
                let frame = Frame {
                    uri: Arc::new(loaded.uri),
                    doubt,
                };
                Ok(Kept {
                    frame,
                    version: loaded.version,
                    _bytes: bytes,
                })
            }
        }
    }

    pub(crate) fn stats(&self) -> CacheStats {
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

/// A load that this thread leads. However it ends, nobody waits for it without end: dropped before the landing it answers
/// everybody with an internal error, and the next to ask starts anew.
#[derive(Debug)]
pub(super) struct Led<'a> {
    store: &'a FrameStore,
    flight: (FrameKey, FrameVersion),
    landed: bool,
}

impl<'a> Led<'a> {
    pub(super) fn new(store: &'a FrameStore, flight: (FrameKey, FrameVersion)) -> Self {
        Self {
            store,
            flight,
            landed: false,
        }
    }

    pub(super) fn land(mut self, loaded: Result<Kept, FrameError>) {
        panic_at("land");
        let outcome: Outcome = loaded
            .as_ref()
            .map(|kept| kept.frame.clone())
            .map_err(Clone::clone);
        let mut state = self.store.lock();
        let waiters = state.flights.land(&self.flight);
        self.landed = true;
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

impl Drop for Led<'_> {
    fn drop(&mut self) {
        if !self.landed {
            let waiters = self.store.lock().flights.land(&self.flight);
            // Outside of the lock: each answers as it goes.
            drop(waiters);
        }
    }
}
