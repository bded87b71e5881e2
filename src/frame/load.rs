//! Loading one frame: open, read or map, and make sure it stood still.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use super::read::{Encoded, ReadFault, read_frame};
use super::{DataUri, FrameDoubt, FrameError, FrameVersion, MediaType};

/// How often a frame that changes under the reader is read again before the load gives up.
const ATTEMPTS: usize = 3;

/// When frames are mapped instead of read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MappingPolicy {
    /// Never.
    Never,
    /// On Linux, from [`crate::frame::MAPPING_THRESHOLD`] on, where the frame's real directory is a published
    /// entry of the extraction cache. The default: `docs/frame-reading.md` has the measurement.
    #[default]
    Published,
}

/// How a frame's bytes were had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Read.
    Read,
    /// Mapped.
    Mapped,
}

/// A loaded frame.
#[derive(Debug)]
pub struct Loaded {
    /// Its data URI.
    pub uri: DataUri,
    /// What speaks against the bytes being an image.
    pub doubt: Option<FrameDoubt>,
    /// How the bytes were had.
    pub source: Source,
    /// The version the bytes belong to.
    pub version: FrameVersion,
}

/// Loads the frame at `real_path`, a path without symbolic links. Errors name `asked`.
///
/// # Errors
/// Everything but the doubts, which are in [`Loaded`].
pub fn load(
    asked: &Path,
    real_path: &Path,
    media_type: MediaType,
    mapping: MappingPolicy,
) -> Result<Loaded, FrameError> {
    let changed = || FrameError::Changed {
        path: asked.to_owned(),
    };
    for _ in 0..ATTEMPTS {
        let file = open(real_path).map_err(|error| FrameError::io(asked, &error, "open"))?;
        let version = version_of_file(asked, file.metadata())?;
        FrameError::check_size(asked, media_type, version.size())?;
        let size = usize::try_from(version.size()).map_err(|_| FrameError::TooLarge {
            path: asked.to_owned(),
            size: version.size(),
        })?;
        let (source, outcome) = fetch(&file, real_path, size, media_type, mapping);
        let encoded = outcome.map_err(|fault| match fault {
            ReadFault::Io(error) => FrameError::io(asked, &error, "read"),
            ReadFault::Shorter => changed(),
        })?;
        let after = version_of_file(asked, file.metadata())?;
        if after.size() < version.size() {
            return Err(changed());
        }
        if after.has_content_of(&version) {
            return Ok(Loaded {
                uri: encoded.uri,
                doubt: encoded.checked.err(),
                source,
                version,
            });
        }
    }
    Err(changed())
}

/// The version of what must be a regular file.
///
/// # Errors
/// If the metadata could not be had, or are not of a regular file.
pub(crate) fn version_of_file(
    asked: &Path,
    metadata: io::Result<Metadata>,
) -> Result<FrameVersion, FrameError> {
    let metadata = metadata.map_err(|error| FrameError::io(asked, &error, "open"))?;
    if metadata.is_dir() {
        return Err(FrameError::IsDirectory {
            path: asked.to_owned(),
        });
    }
    if !metadata.is_file() {
        return Err(FrameError::NotAFile {
            path: asked.to_owned(),
        });
    }
    Ok(FrameVersion::of(&metadata))
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

#[cfg_attr(
    not(target_os = "linux"),
    expect(unused_variables, reason = "only Linux maps")
)]
fn fetch(
    file: &File,
    real_path: &Path,
    size: usize,
    media_type: MediaType,
    mapping: MappingPolicy,
) -> (Source, Result<Encoded, ReadFault>) {
    #[cfg(target_os = "linux")]
    if mapping == MappingPolicy::Published
        && size as u64 >= super::MAPPING_THRESHOLD
        && super::mapping::is_published(real_path)
    {
        // SAFETY: the frame was just seen to be part of a published entry, whose files do not change.
        if let Some(outcome) = unsafe { super::map_frame(file, size, media_type) } {
            return (Source::Mapped, outcome);
        }
    }
    (Source::Read, read_frame(file, size, media_type))
}
