//! Faults on purpose, so that tests can see what becomes of them. They are there in `cargo test` and with the feature `faults`; the
//! binary that ships is built without it, and none of its code looks for them.

use std::env::var_os;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::Duration;

use tokio::sync::Notify;

const BUILT_IN: bool = cfg!(any(test, feature = "faults"));

/// Whether `HYPERFRAMES_NATIVE_FAULTS` is `1`. Reading the environment is not free of races with another thread's `setenv`, so it is
/// read where a test has asked for it, and on the caller's thread where that is possible.
fn wanted() -> bool {
    BUILT_IN && var_os("HYPERFRAMES_NATIVE_FAULTS").is_some_and(|value| value == "1")
}

/// A place where a test can make a panic, kept for later. Nothing where there are no faults.
#[cfg(feature = "binding")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    #[cfg(any(test, feature = "faults"))]
    name: &'static str,
}

#[cfg(feature = "binding")]
impl Point {
    #[cfg_attr(
        not(any(test, feature = "faults")),
        expect(unused_variables, reason = "there are no faults")
    )]
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            #[cfg(any(test, feature = "faults"))]
            name,
        }
    }

    /// See [`panic_at`].
    pub(crate) fn pass(self) {
        #[cfg(any(test, feature = "faults"))]
        panic_at(self.name);
    }
}

/// Panics if `HYPERFRAMES_NATIVE_FAULT_PANIC` names this point. It is read once, at the first point that is passed.
///
/// # Panics
/// That is what it is for.
pub(crate) fn panic_at(point: &str) {
    static NAMED: OnceLock<Option<OsString>> = OnceLock::new();
    if !BUILT_IN {
        return;
    }
    let named = NAMED.get_or_init(|| {
        wanted()
            .then(|| var_os("HYPERFRAMES_NATIVE_FAULT_PANIC"))
            .flatten()
    });
    assert!(
        named.as_deref() != Some(OsStr::new(point)),
        "injected at {point} by HYPERFRAMES_NATIVE_FAULT_PANIC"
    );
}

/// A load that fails or takes its time: panics if the path ends in `.hf-panic`; if it ends in `.hf-wait`, waits until there is a file
/// of that name with `.go` behind it. The name is looked at before the environment.
///
/// # Panics
/// That is what it is for.
pub(crate) fn at_load(path: &Path) {
    let ends = |end: &[u8]| BUILT_IN && path.as_os_str().as_encoded_bytes().ends_with(end);
    let (panics, waits) = (ends(b".hf-panic"), ends(b".hf-wait"));
    if (panics || waits) && (cfg!(test) || wanted()) {
        assert!(!panics, "injected by HYPERFRAMES_NATIVE_FAULTS");
        while !path.with_extension("hf-wait.go").exists() {
            sleep(Duration::from_millis(5));
        }
    }
}

/// A fault of the frame server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerFault {
    /// No port can be bound.
    Bind,
    /// Connections are accepted and never answered.
    Stall,
    /// Connections are closed after half of a body.
    Close,
    /// The server is gone after it answered a few requests: its port is closed, and so is every connection.
    Die,
}

impl ServerFault {
    /// The fault that `HYPERFRAMES_NATIVE_FAULT_SERVER` names: `bind`, `stall`, `close` or `die`.
    pub(crate) fn from_environment() -> Option<Self> {
        if !wanted() {
            return None;
        }
        match var_os("HYPERFRAMES_NATIVE_FAULT_SERVER")?.to_str()? {
            "bind" => Some(Self::Bind),
            "stall" => Some(Self::Stall),
            "close" => Some(Self::Close),
            "die" => Some(Self::Die),
            _ => None,
        }
    }

    /// Whether `fault` is this one; never in the binary that ships.
    pub(crate) fn is(self, fault: Option<Self>) -> bool {
        BUILT_IN && fault == Some(self)
    }
}

/// The end of a server with [`ServerFault::Die`].
#[derive(Debug)]
pub(crate) struct Death {
    requests_left: AtomicU32,
    now: Notify,
}

impl Death {
    pub(crate) fn new() -> Self {
        Self {
            requests_left: AtomicU32::new(5),
            now: Notify::new(),
        }
    }

    /// Counts a request; the one too many ends the server and is never answered.
    pub(crate) async fn count(&self) {
        let before = self
            .requests_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if before.is_err() {
            self.now.notify_one();
            std::future::pending().await
        }
    }

    /// Over when the server is to end.
    pub(crate) async fn wait(&self) {
        self.now.notified().await;
    }
}
