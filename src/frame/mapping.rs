//! Mapping a frame of a published cache entry.

use std::fs::File;
use std::path::Path;

use memmap2::MmapOptions;

use super::read::{Encoded, ReadFault};
use super::sigbus::Watch;
use super::{DataUri, MediaType, TAIL_LEN, check};

/// From this size in bytes on a published frame is mapped if the options allow it. Below it the map, the unmap and the
/// page faults cost more than the copy they save: `docs/frame-reading.md`.
pub const MAPPING_THRESHOLD: u64 = 2 * 1024 * 1024;

/// The name of the file with which the extraction cache marks a directory whose frames never change any more.
const PUBLISHED: &str = ".hf-complete";

/// Whether the frame lies in a published entry of the extraction cache. `real_path` must be free of symbolic links.
pub(crate) fn is_published(real_path: &Path) -> bool {
    real_path
        .parent()
        .is_some_and(|parent| parent.join(PUBLISHED).exists())
}

/// Maps the first `size` bytes of `file` and encodes them. `None` if it cannot be mapped safely: read it then.
///
/// # Errors
/// [`ReadFault::Shorter`] if the file was cut meanwhile; [`ReadFault::Io`] if there is no memory for the URI.
///
/// # Safety
/// Nobody may write to the file while this runs. A published frame promises that. A breach is survived where it can be
/// detected: a cut is caught by the SIGBUS guard and gives an error, and whatever bytes are seen, the URI is ASCII.
#[must_use]
pub unsafe fn map_frame(
    file: &File,
    size: usize,
    media_type: MediaType,
) -> Option<Result<Encoded, ReadFault>> {
    // SAFETY: the caller's promise. SIGBUS, the other danger of mapping a file, is what `Watch` is for; it is in place
    // before the first byte is touched, and populating a missing page raises no signal (mmap(2), MAP_POPULATE).
    let map = unsafe { MmapOptions::new().len(size).populate().map(file) }.ok()?;
    // Declared after `map`, so dropped before the range is unmapped and given to somebody else.
    let watch = Watch::over(map.as_ptr(), map.len())?;
    let checked = check(&map[..size.min(8)], &map[size.saturating_sub(TAIL_LEN)..]);
    let encoded = DataUri::try_encode(media_type, &map);
    Some(if watch.was_cut() {
        Err(ReadFault::Shorter)
    } else {
        encoded.map(|uri| Encoded { uri, checked }).map_err(ReadFault::Io)
    })
}
