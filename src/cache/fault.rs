//! Ways for tests to see a load that panics or takes its time.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// If the environment variable `HYPERFRAMES_NATIVE_FAULTS` is `1` now: panics if the path ends in `.hf-panic`; if it ends in
/// `.hf-wait`, waits until there is a file of that name with `.go` behind it. The name is looked at first: no real frame is
/// called that, and reading the environment is not free of races with `setenv`.
///
/// # Panics
/// That is what it is for.
pub(crate) fn inject(path: &Path) {
    let ends = |end: &[u8]| path.as_os_str().as_encoded_bytes().ends_with(end);
    let (panics, waits) = (ends(b".hf-panic"), ends(b".hf-wait"));
    if !panics && !waits {
        return;
    }
    let on = cfg!(test) || std::env::var_os("HYPERFRAMES_NATIVE_FAULTS").is_some_and(|value| value == "1");
    if !on {
        return;
    }
    assert!(!panics, "injected by HYPERFRAMES_NATIVE_FAULTS");
    while !path.with_extension("hf-wait.go").exists() {
        sleep(Duration::from_millis(5));
    }
}
