//! Telling V8 how much memory its strings hold outside its heap.

use std::cell::Cell;

use napi::{Env, Result};

use crate::cache::kept_bytes;
use crate::frame::live_bytes;

thread_local! {
    /// What this thread's isolate was told so far. An isolate stays on its thread, and Node makes one thread per isolate.
    static REPORTED: Cell<i64> = const { Cell::new(0) };
}

/// Brings the figure V8 has up to date.
///
/// V8 does not count the bytes of external strings as pressure: untold, it lets gigabytes of dropped frames lie
/// (`docs/frame-reading.md`). It is told here, whenever a get settles, and not where a string is finalized: that
/// happens inside the garbage collection, in which an addon had better not call anything. What collections have freed
/// since the last time goes into the same difference.
///
/// Told are the bytes that no cache keeps, those that only a collection can free. To count the kept ones as well would
/// start a collection for every 64 MB with which a cache fills, for nothing.
///
/// The figure is that of the whole process, and each isolate is told all of it. A frame that many strings share counts
/// once, as it is in memory once, and a worker that holds little has little to collect.
pub(super) fn report(env: &Env) -> Result<()> {
    // The two are not read at one instant, so between threads the difference may be off for a moment.
    let loose = (live_bytes() - kept_bytes()).max(0);
    let change = loose - REPORTED.get();
    if change != 0 {
        env.adjust_external_memory(change)?;
        REPORTED.set(loose);
    }
    Ok(())
}
