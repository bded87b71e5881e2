//! In a model's place of a running server: no socket and no runtime, the same life.

use std::sync::Arc;

use super::ServeError;
use super::fault::Fault;
use super::limits::Limits;
use super::process::COUNTERS;
use super::site::Site;
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::process_wide;

process_wide! {
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
}

/// How many servers run, and so how many ports are taken.
pub(super) fn running() -> usize {
    RUNNING.load(Ordering::SeqCst)
}

#[derive(Debug)]
pub(super) struct RunningServer {
    pub(super) site: Arc<Site>,
    /// Until its thread ends, which may happen without anybody's wish.
    runs: AtomicBool,
}

impl RunningServer {
    pub(super) fn start(fault: Option<Fault>) -> Result<Self, ServeError> {
        RUNNING.fetch_add(1, Ordering::SeqCst);
        let site = Arc::new(Site::new(1, Arc::clone(&COUNTERS), Limits::default(), fault));
        Ok(Self {
            site,
            runs: AtomicBool::new(true),
        })
    }

    pub(super) fn is_running(&self) -> bool {
        self.runs.load(Ordering::SeqCst)
    }

    pub(super) fn spawn(&self, job: impl FnOnce() + Send + 'static) {
        if self.is_running() {
            loom::thread::spawn(job);
        }
    }

    /// As when its thread panics.
    pub(super) fn die(&self) {
        if self.runs.swap(false, Ordering::SeqCst) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.die();
    }
}
