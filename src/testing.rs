//! Helpers of several tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use tempfile::TempDir;

/// A directory of its own, removed at the end.
pub(crate) struct TestDir {
    /// Without links, so that tests can compare real paths.
    path: PathBuf,
    _dir: TempDir,
}

impl TestDir {
    pub(crate) fn new() -> Self {
        // Not named by the process: its number comes again, and a run that was killed leaves its directories behind.
        let dir = TempDir::with_prefix("hf-test-").expect("the temporary directory is writable");
        Self {
            path: fs::canonicalize(dir.path()).expect("it is there"),
            _dir: dir,
        }
    }

    /// One that counts as a published entry of the extraction cache.
    pub(crate) fn published() -> Self {
        let dir = Self::new();
        dir.file(".hf-complete", b"");
        dir
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, bytes).expect("the directory is writable");
        path
    }
}

/// Bytes that pass for a whole jpeg.
pub(crate) fn jpeg(len: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0".to_vec();
    let pattern: Vec<u8> = (0..250).collect();
    // By the block: Miri takes a microsecond for each step.
    bytes.extend(pattern.repeat(len / pattern.len() + 1));
    bytes.truncate(len - 2);
    bytes.extend(b"\xff\xd9");
    bytes
}

const CHILD: &str = "HYPERFRAMES_NATIVE_TEST_CHILD";

/// Leaves this process room for what it has and `more` bytes.
#[cfg(target_os = "linux")]
pub(crate) fn limit_memory(more: u64) {
    let kilobytes = || {
        std::fs::read_to_string("/proc/self/status")
            .ok()
            .and_then(|status| {
                let line = status.lines().find(|line| line.starts_with("VmSize:"))?;
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            })
            .expect("procfs")
    };
    // A thread that starts has the allocator's room for it twice for a moment.
    let mut steady = (0, kilobytes());
    while steady.0 < 10 {
        std::thread::sleep(std::time::Duration::from_millis(10));
        let now = kilobytes();
        steady = (if now == steady.1 { steady.0 + 1 } else { 0 }, now);
    }
    let bytes = (steady.1 << 10) + more;
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: a whole `rlimit`, and a resource of this system.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
}

/// Runs `part` in a process of its own, in which no other test runs, and returns how that ended. `name` is the full
/// name of the calling test, which the child runs again to get here.
pub(crate) fn in_child(name: &str, part: impl FnOnce()) -> Option<ExitStatus> {
    if std::env::var_os(CHILD).is_some() {
        part();
        return None;
    }
    let exe = std::env::current_exe().expect("the test binary");
    let output = Command::new(exe)
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        // A backtrace takes more memory than some of the children are left.
        .env("RUST_BACKTRACE", "0")
        .output();
    Some(output.expect("the test binary starts").status)
}
