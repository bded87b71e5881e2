//! A way for tests to see a panic inside a load.

use std::path::Path;

/// Panics if the path ends in `.hf-panic` and the environment variable `HYPERFRAMES_NATIVE_FAULTS` is `1` now. The name
/// is looked at first: no real frame is called that, and reading the environment is not free of races with `setenv`.
///
/// # Panics
/// That is what it is for.
pub(crate) fn inject(path: &Path) {
    if path.as_os_str().as_encoded_bytes().ends_with(b".hf-panic")
        && (cfg!(test) || std::env::var_os("HYPERFRAMES_NATIVE_FAULTS").is_some_and(|value| value == "1"))
    {
        panic!("injected by HYPERFRAMES_NATIVE_FAULTS");
    }
}
