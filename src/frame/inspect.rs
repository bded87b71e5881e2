//! Looking at a frame file before it is due.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::dimensions::{Dimensions, HEAD_LEN, dimensions};
use super::{FrameDoubt, FrameError, TAIL_LEN, check, open, version_of_file};

/// What is known of a frame file without decoding it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameInfo {
    /// Bytes of the file.
    pub size: u64,
    /// Modification time in milliseconds since 1970, as Node's `stat` computes it.
    pub modified_ms: f64,
    /// Change time likewise, which no program can set; 0 where the system has none.
    pub changed_ms: f64,
    /// Pixels; 0 if the first bytes do not tell.
    pub dimensions: Dimensions,
    /// What speaks against the bytes being an image.
    pub doubt: Option<FrameDoubt>,
}

/// Reads the start and the end of the file at `path`, and asks the system to have the rest ready.
///
/// # Errors
/// The I/O kinds of [`FrameError`].
pub fn inspect(path: &Path) -> Result<FrameInfo, FrameError> {
    let mut file = open(path).map_err(|error| FrameError::io(path, &error, "open"))?;
    let metadata = file.metadata();
    let modified = metadata
        .as_ref()
        .ok()
        .and_then(|metadata| metadata.modified().ok());
    let changed_ms = metadata.as_ref().map_or(0.0, changed);
    let size = version_of_file(path, metadata)?.size();
    let (head, tail) = ends(&mut file, size).map_err(|error| FrameError::io(path, &error, "read"))?;
    read_ahead(&file);
    let checked = check(&head, &tail);
    let dimensions = checked
        .ok()
        .and_then(|format| dimensions(format, &head))
        .unwrap_or_default();
    Ok(FrameInfo {
        size,
        modified_ms: modified.map_or(0.0, milliseconds),
        changed_ms,
        dimensions,
        doubt: checked.err(),
    })
}

fn ends(file: &mut File, size: u64) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    Read::by_ref(file).take(HEAD_LEN as u64).read_to_end(&mut head)?;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL_LEN as u64)))?;
    Read::by_ref(file).take(TAIL_LEN as u64).read_to_end(&mut tail)?;
    Ok((head, tail))
}

/// Whole seconds and the rest apart, as Node does it: a sum of nanoseconds has more digits than a double.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 have 53 bits to spare"
)]
fn milliseconds(time: SystemTime) -> f64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs() as f64 * 1e3 + f64::from(since.subsec_nanos()) / 1e6
}

#[cfg(unix)]
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds since 1970 have 53 bits to spare"
)]
fn changed(metadata: &Metadata) -> f64 {
    use std::os::unix::fs::MetadataExt;
    metadata.ctime() as f64 * 1e3 + metadata.ctime_nsec() as f64 / 1e6
}

#[cfg(not(unix))]
fn changed(_: &Metadata) -> f64 {
    0.0
}

#[cfg(target_os = "linux")]
fn read_ahead(file: &File) {
    use std::os::fd::AsRawFd;
    // SAFETY: the descriptor is open for as long as `file` lives; the call has no other argument that could be wrong.
    // Advice only: its failure changes nothing.
    unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_WILLNEED) };
}

#[cfg(not(target_os = "linux"))]
fn read_ahead(_: &File) {}
