//! Somebody waiting for a frame.

use std::fmt;
use std::path::{Path, PathBuf};

use super::store::Frame;
use crate::contained::contained;
use crate::frame::FrameError;

/// What a get comes to.
pub(crate) type Outcome = Result<Frame, FrameError>;

/// Waits for a frame and is always answered: dropped without an answer it reports an internal error, so that no
/// promise stays open, whatever goes wrong on the way.
pub(crate) struct Waiter {
    asked: PathBuf,
    callback: Option<Box<dyn FnOnce(Outcome) + Send>>,
}

impl Waiter {
    pub(crate) fn new(asked: PathBuf, callback: impl FnOnce(Outcome) + Send + 'static) -> Self {
        Self {
            asked,
            callback: Some(Box::new(callback)),
        }
    }

    /// The path this waiter asked for.
    pub(crate) fn asked(&self) -> &Path {
        &self.asked
    }

    /// Hands over the outcome. Errors are put in terms of the path asked for.
    pub(crate) fn answer(mut self, outcome: Outcome) {
        self.call(outcome);
    }

    fn call(&mut self, outcome: Outcome) {
        let Some(callback) = self.callback.take() else {
            return;
        };
        let outcome = outcome.map_err(|error| error.with_path(&self.asked));
        // A callback's panic must neither reach the waiters after it nor, from `drop`, end the process. std's hook
        // has printed it.
        let _ = contained(|| callback(outcome));
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        if self.callback.is_some() {
            self.call(Err(FrameError::internal(
                &self.asked,
                "the load was dropped without an answer",
            )));
        }
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_dropped_waiter_is_answered() {
        let (sender, receiver) = mpsc::channel();
        drop(Waiter::new("/a.png".into(), move |outcome| {
            sender.send(outcome).expect("the test listens")
        }));
        let error = receiver.recv().expect("an answer").expect_err("an error");
        assert_eq!((error.code(), error.path()), ("INTERNAL", Path::new("/a.png")));
    }

    #[test]
    fn a_panicking_callback_stays_inside() {
        Waiter::new("/a.png".into(), |_| panic!("a callback's panic"))
            .answer(Err(FrameError::internal(Path::new(""), "")));
    }
}
