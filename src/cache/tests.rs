//! The cache as a whole.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};

use super::store::{FrameKey, FrameStore, Leader, Waiter};
use super::*;
use crate::callback::Callback;
use crate::frame::{FrameError, MappingPolicy, live_bytes};
use crate::testing::{TestDir, in_child, jpeg};

/// The length of a frame that takes a while to load; everything does in Miri.
const LARGE: usize = if cfg!(miri) { 30_000 } else { 3_000_000 };

/// Options no other test has, so that no other test has the store.
fn options() -> CacheOptions {
    static COUNT: AtomicUsize = AtomicUsize::new(1000);
    CacheOptions {
        entry_limit: COUNT.fetch_add(1, Ordering::Relaxed),
        ..CacheOptions::default()
    }
}

fn waiter(asked: &Path, answer: impl FnOnce(Outcome) + Send + 'static) -> Waiter {
    Waiter::new(asked.to_owned(), Arc::default(), callback(asked, answer))
}

fn callback(asked: &Path, answer: impl FnOnce(Outcome) + Send + 'static) -> Callback<Outcome> {
    let asked = asked.to_owned();
    Callback::new(answer, move || Err(FrameError::unanswered(&asked)))
}

/// Gets all paths at once, on the pool.
fn get_all(cache: &FrameCache, paths: &[PathBuf]) -> Vec<Result<Frame, FrameError>> {
    let (sender, receiver) = mpsc::channel();
    for (index, path) in paths.iter().enumerate() {
        let sender = sender.clone();
        let answer = move |outcome| sender.send((index, outcome)).expect("the test listens");
        cache.get(path.clone(), callback(path, answer));
    }
    drop(sender);
    let mut outcomes: Vec<_> = receiver.iter().collect();
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

#[test]
fn keeps_what_it_loaded() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(1000));
    let cache = FrameCache::new(options());
    let first = cache.get_blocking(path.clone()).expect("a frame");
    let second = cache.get_blocking(path).expect("a frame");
    assert!(Arc::ptr_eq(&first.uri, &second.uri));
    let stats = cache.stats();
    assert_eq!(
        (stats.entries, stats.bytes, stats.hits, stats.misses),
        (1, first.uri.as_bytes().len(), 1, 1)
    );
    assert_eq!((stats.read, stats.mapped), (1, 0));
}

#[test]
#[cfg_attr(miri, ignore = "Miri sets no times of files")]
fn loads_a_replaced_file_anew_and_drops_the_old() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(1000));
    let cache = FrameCache::new(options());
    let old = Arc::downgrade(&cache.get_blocking(path.clone()).expect("a frame").uri);
    // Of the same size, and with the same modification time.
    let modified = fs::metadata(&path)
        .and_then(|it| it.modified())
        .expect("it is there");
    let mut bytes = jpeg(1000);
    bytes[500] ^= 1;
    let other = dir.file("b.jpg", &bytes);
    fs::File::options()
        .write(true)
        .open(&other)
        .and_then(|it| it.set_modified(modified))
        .expect("it is our file");
    fs::rename(&other, &path).expect("the directory is writable");
    if cfg!(unix) {
        let new = cache.get_blocking(path).expect("a frame");
        assert!(
            new.uri.as_bytes() != b"" && old.upgrade().is_none(),
            "the stale version is gone"
        );
        assert_eq!(
            (
                cache.stats().entries,
                cache.stats().evictions,
                cache.stats().misses
            ),
            (1, 0, 2)
        );
    }
}

#[cfg(unix)]
#[test]
fn two_links_to_one_file_are_one_entry() {
    let dir = TestDir::new();
    fs::create_dir(dir.path().join("real")).expect("the directory is writable");
    let real = dir.file("real/frame_00001.jpg", &jpeg(1000));
    for id in ["video one", "vidéo #2%"] {
        std::os::unix::fs::symlink(dir.path().join("real"), dir.path().join(id)).expect("links are possible");
    }
    let cache = FrameCache::new(options());
    let paths = [
        dir.path().join("video one/frame_00001.jpg"),
        dir.path().join("vidéo #2%/frame_00001.jpg"),
        dir.path().join("real/../real/frame_00001.jpg"),
        real.clone(),
    ];
    let uris: HashSet<_> = paths
        .map(|path| Arc::as_ptr(&cache.get_blocking(path).expect("a frame").uri))
        .into();
    assert_eq!(
        (uris.len(), cache.stats().entries, cache.stats().misses),
        (1, 1, 1)
    );

    // The media type follows the path asked for, so this is another data URI.
    let png = dir.path().join("link.png");
    std::os::unix::fs::symlink(&real, &png).expect("links are possible");
    let uri = cache.get_blocking(png).expect("a frame").uri;
    assert!(uri.as_bytes().starts_with(b"data:image/png;base64,"));
    assert_eq!(cache.stats().entries, 2);
}

#[test]
fn takes_odd_names() {
    let dir = TestDir::new();
    let cache = FrameCache::new(options());
    let mut names = vec![
        "a b.jpg",
        "100%25.jpg",
        "#?&=.png",
        "日本語 é.jpg",
        ".png",
        "'quoted\".jpg",
    ];
    if cfg!(unix) {
        names.extend(["back\\slash.jpg", "new\nline.jpg", "*?.png"]);
    }
    names.retain(|name| cfg!(unix) || !name.contains(['?', '"', '*']));
    for name in names {
        let path = dir.file(name, &jpeg(100));
        assert!(cache.get_blocking(path).is_ok(), "{name}");
    }
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let path = dir.path().join(std::ffi::OsStr::from_bytes(b"not utf8 \xff.jpg"));
        fs::write(&path, jpeg(100)).expect("the directory is writable");
        assert!(cache.get_blocking(path).is_ok());
    }
}

#[test]
fn evicts_within_both_bounds_and_lets_go() {
    let dir = TestDir::new();
    let len = "data:image/jpeg;base64,".len() + 4000;
    let cache = FrameCache::new(CacheOptions {
        bytes_limit: 3 * len,
        ..options()
    });
    let frames: Vec<_> = (0..5)
        .map(|index| {
            let path = dir.file(&format!("{index}.jpg"), &jpeg(3000));
            Arc::downgrade(&cache.get_blocking(path).expect("a frame").uri)
        })
        .collect();
    assert_eq!(
        frames
            .iter()
            .map(|frame| frame.strong_count())
            .collect::<Vec<_>>(),
        [0, 0, 1, 1, 1]
    );
    let path = dir.file("large.jpg", &jpeg(30_000));
    let large = cache.get_blocking(path).expect("given, though not kept");
    assert_eq!(Arc::strong_count(&large.uri), 1);
    let stats = cache.stats();
    assert_eq!(
        (
            stats.entries,
            stats.bytes,
            stats.evictions,
            stats.oversized_rejections
        ),
        (3, 3 * len, 2, 1)
    );
}

#[test]
fn gets_at_one_time_share_a_load() {
    const GETS: usize = if cfg!(miri) { 6 } else { 64 };
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(LARGE));
    // Nothing is kept, so whoever shares a frame shared its load.
    let cache = FrameCache::new(CacheOptions {
        bytes_limit: 1,
        ..options()
    });
    let outcomes = get_all(&cache, &vec![path; GETS]);
    let frames: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| outcome.expect("a frame").uri)
        .collect();
    let distinct: HashSet<_> = frames.iter().map(Arc::as_ptr).collect();
    let stats = cache.stats();
    assert_eq!(frames.len(), GETS);
    assert_eq!(distinct.len() as u64, stats.misses);
    assert_eq!(
        (stats.hits + stats.misses, stats.read),
        (GETS as u64, stats.misses)
    );
}

#[test]
fn waiters_hold_no_thread_and_all_get_the_result() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(100));
    let store = FrameStore::new(options());
    let (sender, receiver) = mpsc::channel();
    let waiter = |asked: &Path| {
        let sender = sender.clone();
        waiter(asked, move |outcome| {
            sender.send(outcome).expect("the test listens")
        })
    };
    // The test itself leads the load, so all others join it, on this very thread.
    let flight = FrameKey::resolve(&path).expect("it is there");
    assert!(store.lock().flights.join(flight.clone(), waiter(&path)));
    for _ in 0..100 {
        store.get(waiter(&path));
    }
    assert!(receiver.try_recv().is_err());
    Leader::new(&store, flight).complete(Err(FrameError::changed(Path::new("/other/name.jpg"))));
    for _ in 0..101 {
        let error = receiver
            .try_recv()
            .expect("an answer")
            .expect_err("the load failed");
        assert_eq!(
            (error.code(), error.path()),
            ("FRAME_CHANGED", path.as_path()),
            "named as it was asked for"
        );
    }
    assert_eq!((store.stats().hits, store.stats().entries), (100, 0));
    store.get(waiter(&path));
    assert!(
        receiver.try_recv().expect("an answer").is_ok(),
        "errors are not kept"
    );
}

#[test]
fn a_load_that_is_given_up_answers_everybody() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(100));
    let store = FrameStore::new(options());
    let (sender, receiver) = mpsc::channel();
    let waiter = || {
        let sender = sender.clone();
        waiter(&path, move |outcome| {
            sender.send(outcome).expect("the test listens")
        })
    };
    let flight = FrameKey::resolve(&path).expect("it is there");
    assert!(store.lock().flights.join(flight.clone(), waiter()));
    store.get(waiter());
    drop(Leader::new(&store, flight));
    for _ in 0..2 {
        let error = receiver
            .try_recv()
            .expect("an answer")
            .expect_err("nobody loaded it");
        assert_eq!(error.code(), "INTERNAL");
    }
    store.get(waiter());
    assert!(receiver.try_recv().expect("an answer").is_ok());
}

#[test]
fn a_panic_in_a_load_is_everybodys_error_and_nobodys_end() {
    const GETS: usize = if cfg!(miri) { 4 } else { 16 };
    let dir = TestDir::new();
    let path = dir.file("a.hf-panic", &jpeg(100));
    let good = dir.file("a.jpg", &jpeg(100));
    let cache = FrameCache::new(options());
    for outcome in get_all(&cache, &vec![path; GETS]) {
        let error = outcome.expect_err("the load panics");
        assert_eq!(error.code(), "INTERNAL");
        assert!(error.to_string().contains("injected"), "{error}");
    }
    assert!(get_all(&cache, &[good])[0].is_ok());
}

#[test]
fn equal_options_share_a_store_until_the_last_handle_goes() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(1000));
    let options = options();
    let (one, two) = (FrameCache::new(options), FrameCache::new(options));
    let others = [
        CacheOptions {
            bytes_limit: 1 << 20,
            ..options
        },
        CacheOptions {
            strict: true,
            ..options
        },
        CacheOptions {
            mapping: MappingPolicy::Never,
            ..options
        },
    ]
    .map(FrameCache::new);
    let frame = Arc::downgrade(&one.get_blocking(path.clone()).expect("a frame").uri);
    two.get_blocking(path).expect("a frame");
    assert_eq!((two.stats().hits, two.stats().misses), (1, 1));
    for other in &others {
        assert_eq!(other.stats().entries, 0);
    }
    let store = Arc::downgrade(&FrameStore::shared(options));
    assert_eq!(store.strong_count(), 2);
    drop(one);
    assert_eq!((store.strong_count(), frame.strong_count()), (1, 1));
    drop(two);
    assert_eq!((store.strong_count(), frame.strong_count()), (0, 0));
    assert_eq!(FrameCache::new(options).stats().misses, 0, "a new store");
}

/// Rounds of a race between threads: an order that loses shows up in few of them.
const ROUNDS: usize = if cfg!(miri) { 3 } else { 500 };

#[test]
fn equal_options_share_a_store_however_they_come() {
    for _ in 0..ROUNDS {
        let options = options();
        let start = Barrier::new(3);
        let stores: Vec<_> = std::thread::scope(|scope| {
            let threads = [(); 3].map(|()| {
                scope.spawn(|| {
                    start.wait();
                    FrameStore::shared(options)
                })
            });
            threads.map(|thread| thread.join().expect("no panic")).into()
        });
        assert!(stores.iter().all(|store| Arc::ptr_eq(store, &stores[0])));
    }
}

/// The last handle goes while a new one of equal options comes: the new one has a store that later ones find.
#[test]
fn a_store_that_goes_is_not_given_to_the_next() {
    for _ in 0..ROUNDS {
        let options = options();
        let first = FrameStore::shared(options);
        let goes = std::thread::spawn(move || drop(first));
        let second = FrameStore::shared(options);
        goes.join().expect("no panic");
        assert!(Arc::ptr_eq(&second, &FrameStore::shared(options)));
        let weak = Arc::downgrade(&second);
        drop(second);
        assert!(weak.upgrade().is_none());
    }
}

/// Room for one of two frames: each load drives the other's out, on four threads at a time.
#[test]
fn evictions_at_one_time_stay_within_the_bounds() {
    const GETS: usize = if cfg!(miri) { 5 } else { 300 };
    let dir = TestDir::new();
    let paths = [dir.file("1.jpg", &jpeg(100)), dir.file("2.jpg", &jpeg(400))];
    for (entry_limit, bytes_limit) in [(1, 1 << 20), (8, 600)] {
        let options = CacheOptions {
            entry_limit,
            bytes_limit,
            ..CacheOptions::default()
        };
        let store = FrameStore::new(options);
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (store, paths, sender) = (&store, &paths, sender.clone());
                scope.spawn(move || {
                    for get in 0..GETS {
                        let sender = sender.clone();
                        let path = &paths[(thread + get) % 2];
                        store.get(waiter(path, move |outcome| {
                            sender.send(outcome.is_ok()).expect("the test listens");
                        }));
                        let stats = store.stats();
                        assert!(
                            stats.entries <= entry_limit && stats.bytes <= bytes_limit,
                            "{stats:?}"
                        );
                    }
                });
            }
        });
        drop(sender);
        assert_eq!(receiver.iter().filter(|is_ok| *is_ok).count(), 4 * GETS);
        let stats = store.stats();
        assert_eq!((stats.entries, stats.hits + stats.misses), (1, 4 * GETS as u64));
        assert_eq!(stats.evictions, stats.misses - 1);
    }
}

#[test]
fn a_load_that_fails_leaves_nobody_waiting() {
    const GETS: usize = if cfg!(miri) { 4 } else { 64 };
    let dir = TestDir::new();
    let path = dir.file("a.jpg", b"text");
    let cache = FrameCache::new(CacheOptions {
        strict: true,
        ..options()
    });
    for outcome in get_all(&cache, &vec![path; GETS]) {
        assert_eq!(outcome.expect_err("no image").code(), "FRAME_NOT_AN_IMAGE");
    }
    let stats = cache.stats();
    assert_eq!((stats.entries, stats.hits + stats.misses), (0, GETS as u64));
}

#[test]
fn a_get_under_way_outlives_its_handle() {
    let dir = TestDir::new();
    let path = dir.file("a.jpg", &jpeg(LARGE));
    let options = options();
    let (sender, receiver) = mpsc::channel();
    let cache = FrameCache::new(options);
    let store = Arc::downgrade(&FrameStore::shared(options));
    let answer = move |outcome| sender.send(outcome).expect("the test listens");
    cache.get(path.clone(), callback(&path, answer));
    drop(cache);
    assert!(receiver.recv().expect("an answer").is_ok());
    while store.strong_count() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn defects_are_warnings_or_in_strict_mode_errors() {
    let dir = TestDir::new();
    let shared = options();
    let lax = FrameCache::new(shared);
    let strict = FrameCache::new(CacheOptions {
        strict: true,
        ..options()
    });
    let same = FrameCache::new(shared);
    let cases = [
        ("empty.jpg", &b""[..], "FRAME_EMPTY"),
        ("text.jpg", b"text", "FRAME_NOT_AN_IMAGE"),
        ("cut.jpg", b"\xff\xd8\xff\xe0...", "FRAME_CUT_SHORT"),
    ];
    for (name, bytes, code) in cases {
        let path = dir.file(name, bytes);
        for _ in 0..2 {
            lax.get_blocking(path.clone()).expect("passed on");
        }
        same.get_blocking(path.clone()).expect("passed on, and kept");
        let error = strict.get_blocking(path.clone()).expect_err("strict");
        assert_eq!((error.code(), error.path()), (code, path.as_path()));
        assert!(error.to_string().contains(name) && !error.advice().is_empty());
        for cache in [&lax, &same] {
            let warnings = cache.take_warnings();
            assert_eq!(warnings.len(), 1, "each path once, for each handle");
            assert_eq!((warnings[0].code(), warnings[0].path()), (code, path.as_path()));
        }
        assert!(strict.take_warnings().is_empty());
    }
    assert_eq!((lax.stats().entries, strict.stats().entries), (3, 0));
}

#[test]
fn refuses_what_is_no_file_before_loading() {
    let dir = TestDir::new();
    let cache = FrameCache::new(options());
    let code = |path: PathBuf| cache.get_blocking(path).expect_err("no frame").code();
    assert_eq!(code(dir.path().join("no.jpg")), "FRAME_NOT_FOUND");
    assert_eq!(code(dir.path().to_owned()), "FRAME_IS_DIRECTORY");
    assert_eq!(code(PathBuf::new()), "FRAME_NOT_FOUND");
    assert_eq!((cache.stats().hits, cache.stats().misses), (0, 0));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn counts_the_kept_bytes() {
    let status = in_child("cache::tests::counts_the_kept_bytes", || {
        let dir = TestDir::new();
        let len = "data:image/jpeg;base64,".len() as i64 + 4000;
        let cache = FrameCache::new(CacheOptions {
            entry_limit: 2,
            ..options()
        });
        let frames: Vec<_> = (0..3)
            .map(|index| {
                cache
                    .get_blocking(dir.file(&format!("{index}.jpg"), &jpeg(3000)))
                    .expect("a frame")
            })
            .collect();
        assert_eq!(
            (kept_bytes(), live_bytes()),
            (2 * len, 3 * len),
            "the first is only held"
        );
        drop(frames);
        assert_eq!((kept_bytes(), live_bytes()), (2 * len, 2 * len));
        drop(cache);
        assert_eq!((kept_bytes(), live_bytes()), (0, 0));
    });
    assert!(status.is_none_or(|status| status.success()));
}
