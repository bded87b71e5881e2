//! What the cache promises, in every order in which its threads can run:
//! `cargo test --no-default-features --features model --lib model`. `docs/unsafe.md` says what was tried against it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::shared::store_for;
use super::store::FrameStore;
use super::waiter::{Outcome, Waiter};
use super::{CacheOptions, CacheStats};
use crate::testing::{TestDir, jpeg};

/// Answers as they come. Its lock is std's: no model looks at it.
#[derive(Clone, Default)]
struct Answers(Arc<Mutex<Vec<Outcome>>>);

impl Answers {
    fn waiter(&self, path: &Path) -> Waiter {
        let answers = self.clone();
        Waiter::new(path.to_owned(), move |outcome| answers.lock().push(outcome))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Outcome>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each path is asked for on a thread of its own, the first one on this.
fn ask_side_by_side(store: &Arc<FrameStore>, answers: &Answers, paths: &[PathBuf]) {
    let threads: Vec<_> = paths[1..]
        .iter()
        .map(|path| {
            let (store, waiter) = (Arc::clone(store), answers.waiter(path));
            loom::thread::spawn(move || {
                store.serve(waiter);
                bounded(&store);
            })
        })
        .collect();
    store.serve(answers.waiter(&paths[0]));
    bounded(store);
    for thread in threads {
        thread.join().expect("no panic");
    }
}

fn bounded(store: &FrameStore) -> CacheStats {
    let (stats, options) = (store.stats(), store.options());
    assert!(
        stats.entries <= options.entry_limit && stats.bytes <= options.bytes_limit,
        "{stats:?}"
    );
    stats
}

/// Nobody waits any more.
fn nothing_is_stuck(store: &FrameStore) {
    let flights = &store.lock().flights;
    assert!(flights.is_empty(), "{flights:?}");
}

/// All orders with at most so many switches away from a thread that could go on.
fn explore(switches: usize, model: impl Fn() + Send + Sync + 'static) {
    // Panics on purpose would fill the screen, once for every order.
    std::panic::set_hook(Box::new(|panic| {
        if !panic.to_string().contains("injected") {
            eprintln!("{panic}");
        }
    }));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(switches);
    builder.check(model);
}

const LIMITS: CacheOptions = CacheOptions {
    entry_limit: 8,
    bytes_limit: 1 << 20,
    strict: false,
    mapping: crate::frame::MappingPolicy::Never,
};

#[test]
fn three_ask_for_one_frame_and_it_is_loaded_once() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(100));
    explore(3, move || {
        let store = Arc::new(FrameStore::new(LIMITS));
        let answers = Answers::default();
        ask_side_by_side(&store, &answers, &vec![path.clone(); 3]);
        let stats = bounded(&store);
        assert_eq!(
            (stats.misses, stats.read, stats.hits, stats.entries),
            (1, 1, 2, 1)
        );
        let frames: Vec<_> = answers
            .lock()
            .drain(..)
            .map(|answer| answer.expect("a frame").uri)
            .collect();
        assert_eq!(frames.len(), 3);
        assert!(frames.iter().all(|frame| Arc::ptr_eq(frame, &frames[0])));
        nothing_is_stuck(&store);
    });
}

/// Asks for `name` three times at once, twice as a load that fails and then once more.
fn fails(name: &'static str, bytes: &[u8], options: CacheOptions, code: &'static str) {
    let dir = TestDir::new();
    let path = dir.file(name, bytes);
    explore(3, move || {
        let store = Arc::new(FrameStore::new(options));
        let answers = Answers::default();
        ask_side_by_side(&store, &answers, &vec![path.clone(); 3]);
        nothing_is_stuck(&store);
        // It is not kept: who asks later starts anew.
        let loads = bounded(&store).misses;
        store.serve(answers.waiter(&path));
        assert_eq!((store.stats().misses, store.stats().entries), (loads + 1, 0));
        let answers = answers.lock();
        assert_eq!(answers.len(), 4);
        for answer in &*answers {
            assert_eq!(answer.as_ref().expect_err("the load fails").code(), code);
        }
    });
}

#[test]
fn a_load_that_fails_leaves_nobody_waiting() {
    let strict = CacheOptions {
        strict: true,
        ..LIMITS
    };
    fails("a.jpg", b"text", strict, "FRAME_NOT_AN_IMAGE");
}

#[test]
fn a_load_that_panics_leaves_nobody_waiting() {
    fails("a.hf-panic", &jpeg(100), LIMITS, "INTERNAL");
}

/// Room for one of two frames: each load drives the other's out, and gets come between.
#[test]
fn evictions_stay_within_the_bounds() {
    let dir = TestDir::new();
    let (one, two) = (dir.file("1.jpg", &jpeg(100)), dir.file("2.jpg", &jpeg(400)));
    for (entry_limit, bytes_limit) in [(1, 1 << 20), (8, 600)] {
        let paths = [one.clone(), two.clone(), one.clone()];
        explore(3, move || {
            let store = Arc::new(FrameStore::new(CacheOptions {
                entry_limit,
                bytes_limit,
                ..LIMITS
            }));
            let answers = Answers::default();
            ask_side_by_side(&store, &answers, &paths);
            let stats = bounded(&store);
            assert_eq!((stats.entries, stats.hits + stats.misses), (1, 3));
            assert_eq!(stats.evictions, stats.misses - 1);
            assert!(answers.lock().iter().all(Result::is_ok));
            assert_eq!(answers.lock().len(), 3);
            nothing_is_stuck(&store);
        });
    }
}

/// The last handle goes while a new one of equal options comes: the new one has a store that later ones find.
#[test]
fn a_store_that_goes_is_not_given_to_the_next() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(100));
    explore(3, move || {
        let answers = Answers::default();
        let first = store_for(LIMITS);
        first.serve(answers.waiter(&path));
        let goes = loom::thread::spawn(move || drop(first));
        let second = store_for(LIMITS);
        second.serve(answers.waiter(&path));
        goes.join().expect("no panic");
        assert!(Arc::ptr_eq(&second, &store_for(LIMITS)));
        assert_eq!(second.stats().entries, 1);
        assert_eq!(answers.lock().iter().filter(|answer| answer.is_ok()).count(), 2);
        // The frames go with the stores.
        answers.lock().clear();
        let weak = Arc::downgrade(&second);
        drop(second);
        assert!(weak.upgrade().is_none());
    });
}

/// Two handles of equal options, made at once, share one store.
#[test]
fn equal_options_share_a_store_however_they_come() {
    explore(3, || {
        let other = loom::thread::spawn(|| store_for(LIMITS));
        let store = store_for(LIMITS);
        assert!(Arc::ptr_eq(&store, &other.join().expect("no panic")));
    });
}
