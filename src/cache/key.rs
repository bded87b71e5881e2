//! What names a frame in a cache.

use std::fs;
use std::path::{Path, PathBuf};

use crate::frame::{FrameError, FrameVersion, MediaType, version_of_file};

/// Names a frame: two symbolic links to one file are one frame, unless they end differently, which makes two data
/// URIs. The version is apart, so that a new one takes the place of the old.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FrameKey {
    pub(crate) real_path: PathBuf,
    pub(crate) media_type: MediaType,
}

impl FrameKey {
    /// The key of the file that `asked` leads to now, and its present version.
    ///
    /// # Errors
    /// If it leads to no regular file.
    pub(crate) fn resolve(asked: &Path) -> Result<(Self, FrameVersion), FrameError> {
        let version = version_of_file(asked, fs::metadata(asked))?;
        let real_path = fs::canonicalize(asked).map_err(|error| FrameError::io(asked, &error, "open"))?;
        Ok((
            Self {
                real_path,
                media_type: MediaType::of(asked),
            },
            version,
        ))
    }
}
