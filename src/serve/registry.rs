//! Which frames may be asked for.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use super::frame_file::FrameFile;
use super::token::Token;
use crate::sync::{Mutex, MutexGuard};

/// The registered frames. A request names a token and never a path, so nothing else on disk can be reached.
#[derive(Debug, Default)]
pub(crate) struct Registry(Mutex<HashMap<Token, Arc<FrameFile>>>);

impl Registry {
    pub(super) fn add(&self, frames: impl IntoIterator<Item = (Token, FrameFile)>) {
        let frames = frames.into_iter().map(|(token, frame)| (token, Arc::new(frame)));
        self.lock().extend(frames);
    }

    pub(super) fn remove<'a>(&self, tokens: impl IntoIterator<Item = &'a Token>) {
        let mut frames = self.lock();
        for token in tokens {
            frames.remove(token);
        }
    }

    pub(super) fn get(&self, token: Token) -> Option<Arc<FrameFile>> {
        self.lock().get(&token).map(Arc::clone)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    /// No change to the map is left half done by a panic, so a poisoned lock guards a sound map.
    fn lock(&self) -> MutexGuard<'_, HashMap<Token, Arc<FrameFile>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
