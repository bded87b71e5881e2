//! Helpers of the benches.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion};

/// A group of benches, short enough to run them all in minutes.
pub(crate) fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    group
}

/// A file of `size` bytes that no compression shortens.
pub(crate) fn frame(size: usize) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hf-bench-{}-{size}.jpg", std::process::id()));
    fs::write(&path, noise(size)).expect("the temporary directory is writable");
    path
}

/// Bytes without a pattern, the same each time.
pub(crate) fn noise(size: usize) -> Vec<u8> {
    let mut state = 1_u64;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(size)
    .collect()
}

/// A Node process that times a chunk of JavaScript, for what Node itself has to offer.
#[allow(dead_code, reason = "not every bench has a rival in Node")]
pub(crate) struct Node {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[allow(dead_code, reason = "not every bench has a rival in Node")]
impl Node {
    /// `once` is the body of an async function that is timed; it may use `file`, the path it is given.
    pub(crate) fn new(once: &str) -> Self {
        let script = format!(
            "const fs = require('fs'); const once = async (file) => {{ {once} }};
            require('readline').createInterface({{ input: process.stdin }}).on('line', async (line) => {{
                const [count, ...path] = line.split(' '); const file = path.join(' ');
                const start = process.hrtime.bigint();
                for (let n = 0; n < count; n++) await once(file);
                console.log(String(process.hrtime.bigint() - start));
            }});"
        );
        let mut child = Command::new("node")
            .args(["-e", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is on the path");
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, input, output }
    }

    /// How long `count` rounds take.
    pub(crate) fn time(&mut self, count: u64, file: &std::path::Path) -> Duration {
        writeln!(self.input, "{count} {}", file.display()).expect("node listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("node answers");
        Duration::from_nanos(line.trim().parse().expect("nanoseconds"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
