//! Link arguments of the Node addon.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "binding")]
    {
        // On glibc this also passes `-z nodelete`: the rayon threads outlive the worker thread that loaded the
        // library last, and Node calls `dlclose` when that worker ends.
        napi_build::setup();
        // napi-build leaves musl out. Today's musl never unloads either (its `dlclose` does nothing), but that
        // is its choice, not a promise made to us.
        let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
        if is("CARGO_CFG_TARGET_OS", "linux") && !is("CARGO_CFG_TARGET_ENV", "gnu") {
            println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
}
