//! A frame file: opening it, and knowing which state of it was seen.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::FrameError;

/// One state of a file's content. Equal versions mean equal bytes, as far as the file system's clock can tell
/// (see `docs/frame-reading.md`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrameVersion {
    size: u64,
    modified: Option<SystemTime>,
    /// Device and inode: a file that another replaced by rename may keep its size and times.
    #[cfg(unix)]
    place: (u64, u64),
    /// Change time in seconds and nanoseconds. Unlike the modification time no program can set it, so it also
    /// tells apart what an archiver unpacked over the old file with the old time.
    #[cfg(unix)]
    changed: (i64, i64),
}

impl FrameVersion {
    /// The version that `metadata` describes. `asked` is the path for errors.
    ///
    /// # Errors
    /// If the metadata could not be had, or are not of a regular file.
    pub(crate) fn of_file(asked: &Path, metadata: io::Result<Metadata>) -> Result<Self, FrameError> {
        let metadata = metadata.map_err(|error| FrameError::io(asked, &error, "open"))?;
        if metadata.is_dir() {
            return Err(FrameError::is_directory(asked));
        }
        if !metadata.is_file() {
            return Err(FrameError::not_a_file(asked));
        }
        Ok(Self::of(&metadata))
    }

    /// The version `metadata` describes.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            place: (metadata.dev(), metadata.ino()),
            #[cfg(unix)]
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Whether the content was left alone between the two. The change time is not asked: it also moves when a
    /// link is made or the file is deleted, which does not touch the bytes of an open file.
    #[must_use]
    pub fn has_content_of(&self, other: &Self) -> bool {
        self.size == other.size && self.modified == other.modified
    }
}

/// Opens what should be a frame file for reading, without waiting for anything.
///
/// # Errors
/// Those of the system.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Miri has no such flag.
    #[cfg(all(unix, not(miri)))]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // A pipe put in the file's place would otherwise hold the thread until somebody writes to it.
        options.custom_flags(libc::O_NONBLOCK);
    }
    options.open(path)
}
