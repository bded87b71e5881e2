//! Panics on purpose, so that tests can see that none of them ends Node.

use std::env::var_os;
use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

/// Panics if `HYPERFRAMES_NATIVE_FAULTS` is `1` and `HYPERFRAMES_NATIVE_FAULT_PANIC` names this point. Both are read once, at
/// the first point that is passed: reading the environment is not free of races with another thread's `setenv`.
///
/// # Panics
/// That is what it is for.
pub(crate) fn panic_at(point: &str) {
    static NAMED: OnceLock<Option<OsString>> = OnceLock::new();
    let named = NAMED.get_or_init(|| {
        let on = var_os("HYPERFRAMES_NATIVE_FAULTS").is_some_and(|value| value == "1");
        on.then(|| var_os("HYPERFRAMES_NATIVE_FAULT_PANIC")).flatten()
    });
    assert!(
        named.as_deref() != Some(OsStr::new(point)),
        "injected at {point} by HYPERFRAMES_NATIVE_FAULT_PANIC"
    );
}
