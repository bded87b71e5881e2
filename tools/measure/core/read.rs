//! Reading against mapping a warm frame, each with its encoding, and against what Node does. The numbers are in `docs/frame-reading.md`.

mod support;

use std::fs::{self, File};
use std::hint::black_box;
use std::io::Read;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hyperframes_native::frame::{DataUri, MediaType, read_frame};

const SIZES: [(&str, usize); 8] = [
    ("40 KB", 40_000),
    ("0.6 MB", 600_000),
    ("1.05 MB", 1 << 20),
    ("2.1 MB", 2 << 20),
    ("3.2 MB", 3_200_000),
    ("8 MB", 8_000_000),
    ("12 MB", 12_000_000),
    ("33 MB", 33_000_000),
];

fn bench(criterion: &mut Criterion) {
    let mut node = support::Node::new(
        "return 'data:image/jpeg;base64,' + (await fs.promises.readFile(file)).toString('base64');",
    );
    let mut group = support::group(criterion, "frame");
    for (name, size) in SIZES {
        let path = support::frame(size);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_with_input(
            BenchmarkId::new("read in chunks", name),
            &path,
            |bencher, path| {
                bencher.iter(|| {
                    let file = File::open(path).expect("the frame exists");
                    black_box(read_frame(&file, size, MediaType::Jpeg).expect("the frame is whole"))
                });
            },
        );
        group.bench_with_input(BenchmarkId::new("read whole", name), &path, |bencher, path| {
            let mut buffer = vec![0; size];
            bencher.iter(|| {
                let mut file = File::open(path).expect("the frame exists");

                file.read_exact(&mut buffer).expect("the frame is whole");
                black_box(DataUri::try_encode(MediaType::Jpeg, &buffer).expect("there is memory"))
            });
        });
        group.bench_function(BenchmarkId::new("Node's readFile", name), |bencher| {
            bencher.iter_custom(|count| node.time(count, &path));
        });
        #[cfg(target_os = "linux")]
        group.bench_with_input(BenchmarkId::new("map", name), &path, |bencher, path| {
            bencher.iter(|| {
                let file = File::open(path).expect("the frame exists");
                // SAFETY: nobody else knows the file.
                let mapped = unsafe { hyperframes_native::frame::map_frame(&file, size, MediaType::Jpeg) };
                black_box(mapped.expect("it can be mapped").expect("the frame is whole"))
            });
        });
        fs::remove_file(path).expect("the frame is still there");
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
