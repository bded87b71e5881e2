//! The cache under contention: threads that ask for frames that are kept, against the cache crate most use with the same look
//! at the file before each answer, and against the look alone. The numbers are in `docs/frame-reading.md`.

mod support;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hyperframes_native::cache::{CacheOptions, FrameCache};

const FRAMES: usize = 32;
const THREADS: [usize; 3] = [1, 2, 8];

/// Runs `once` `count` times on each of `threads` threads; how long the slowest took.
fn side_by_side(threads: usize, count: u64, once: impl Fn(usize) + Sync) -> Duration {
    let start = Instant::now();
    thread::scope(|scope| {
        for thread in 0..threads {
            let once = &once;
            scope.spawn(move || {
                for n in 0..count as usize {
                    once((n + thread * 7) % FRAMES);
                }
            });
        }
    });
    start.elapsed()
}

fn get(cache: &FrameCache, path: &Path) {
    black_box(cache.get_blocking(path.to_owned()).expect("a frame"));
}

/// The look at a file that has to come before a kept answer may be given for it.
fn look(path: &Path) -> (PathBuf, u64) {
    let real = fs::canonicalize(path).expect("the frame exists");
    let size = fs::metadata(&real).expect("the frame exists").len();
    (real, size)
}

fn bench(criterion: &mut Criterion) {
    let source = support::frame(40_000);
    let dir = std::env::temp_dir().join(format!("hf-cache-bench-{}", std::process::id()));
    fs::create_dir_all(&dir).expect("the temporary directory is writable");
    let paths: Vec<PathBuf> = (0..FRAMES)
        .map(|n| {
            let path = dir.join(format!("frame_{n:05}.jpg"));
            fs::copy(&source, &path).expect("the temporary directory is writable");
            path
        })
        .collect();
    fs::remove_file(source).expect("it is still there");

    let ours = FrameCache::new(CacheOptions::default());
    let moka: moka::sync::Cache<(PathBuf, u64), Arc<Vec<u8>>> = moka::sync::Cache::builder()
        .weigher(|_, value: &Arc<Vec<u8>>| u32::try_from(value.len()).unwrap_or(u32::MAX))
        .max_capacity(1500 << 20)
        .build();
    for path in &paths {
        get(&ours, path);
        moka.insert(look(path), Arc::new(fs::read(path).expect("the frame exists")));
    }

    let mut group = support::group(criterion, "cache hit");
    for threads in THREADS {
        group.throughput(Throughput::Elements(threads as u64));
        let name = format!("{threads} threads");
        group.bench_function(BenchmarkId::new("this", &name), |bencher| {
            bencher.iter_custom(|count| side_by_side(threads, count, |n| get(&ours, &paths[n])));
        });
        group.bench_function(BenchmarkId::new("crate moka", &name), |bencher| {
            bencher.iter_custom(|count| {
                side_by_side(threads, count, |n| {
                    black_box(moka.get(&look(&paths[n])).expect("it is kept"));
                })
            });
        });
        group.bench_function(BenchmarkId::new("the look alone", &name), |bencher| {
            bencher.iter_custom(|count| {
                side_by_side(threads, count, |n| {
                    black_box(look(&paths[n]));
                })
            });
        });
    }
    group.finish();
    fs::remove_dir_all(dir).expect("it is still there");
}

criterion_group!(benches, bench);
criterion_main!(benches);
