//! Doubts about frames that were passed on all the same.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::frame::{FrameDoubt, FrameError};

/// How many paths one handle warns about in its life. A render with more has one cause, and it is named by then.
const MOST_PATHS: usize = 256;

/// The doubts one handle met: each path once, and at most [`MOST_PATHS`] of them.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: HashSet<PathBuf>,
    pending: Vec<FrameError>,
}

impl Warnings {
    pub(crate) fn record(&self, asked: &Path, doubt: FrameDoubt) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.seen.len() < MOST_PATHS && state.seen.insert(asked.to_owned()) {
            state.pending.push(FrameError::doubt(asked, doubt));
        }
    }

    /// What was recorded since the last call, oldest first.
    pub(crate) fn take(&self) -> Vec<FrameError> {
        std::mem::take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner).pending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_once_and_not_without_end() {
        let warnings = Warnings::default();
        for _ in 0..2 {
            for index in 0..2 * MOST_PATHS {
                warnings.record(Path::new(&format!("/{index}.jpg")), FrameDoubt::Empty);
            }
        }
        let taken = warnings.take();
        assert_eq!(taken.len(), MOST_PATHS);
        assert_eq!(
            (taken[1].code(), taken[1].path()),
            ("FRAME_EMPTY", Path::new("/1.jpg"))
        );
        assert!(warnings.take().is_empty());
    }
}
