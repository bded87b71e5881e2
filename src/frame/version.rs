//! Which state of a file was seen.

use std::fs::Metadata;
use std::time::SystemTime;

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
