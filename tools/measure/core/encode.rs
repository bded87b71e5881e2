//! Bytes to data URIs, against the crate most use and against Node's own. The numbers are in `docs/frame-reading.md`.

mod support;

use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hyperframes_native::frame::{DataUri, MediaType};

const SIZES: [(&str, usize); 4] = [
    ("40 KB", 40_000),
    ("0.6 MB", 600_000),
    ("3.2 MB", 3_200_000),
    ("12 MB", 12_000_000),
];

fn bench(criterion: &mut Criterion) {
    let mut node = support::Node::new(
        "globalThis.bytes ??= {}; const b = bytes[file] ??= fs.readFileSync(file);
        return 'data:image/jpeg;base64,' + b.toString('base64');",
    );
    let mut group = support::group(criterion, "encode");
    for (name, size) in SIZES {
        let path = support::frame(size);
        let data = support::noise(size);
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("this", name), |bencher| {
            bencher.iter(|| black_box(DataUri::try_encode(MediaType::Jpeg, &data).expect("there is memory")));
        });
        group.bench_function(BenchmarkId::new("crate base64", name), |bencher| {
            bencher.iter(|| {
                let mut uri = String::with_capacity(23 + size.div_ceil(3) * 4);
                uri.push_str("data:image/jpeg;base64,");
                STANDARD.encode_string(&data, &mut uri);
                black_box(uri)
            });
        });
        group.bench_function(BenchmarkId::new("Node's Buffer", name), |bencher| {
            bencher.iter_custom(|count| node.time(count, &path));
        });
        std::fs::remove_file(path).expect("the frame is still there");
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
