//! Loading one frame: open it, read or map it, encode it, and make sure that it stood still meanwhile.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

#[cfg(target_os = "linux")]
use memmap2::MmapOptions;

#[cfg(target_os = "linux")]
use super::sigbus::Watch;
use super::{
    DataUri, DataUriWriter, Defect, FrameError, FrameVersion, ImageFormat, MediaType, TAIL_LEN, check, open,
};

/// How often a frame that changes under the reader is read again before the load gives up.
const ATTEMPTS: usize = 3;

/// When frames are mapped instead of read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MappingPolicy {
    /// Never.
    Never,
    /// On Linux, from [`MAPPING_THRESHOLD`] on, where the frame's real directory is a published
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
    /// Why the bytes are not one whole image, if they are not.
    pub defect: Option<Defect>,
    /// How the bytes were had.
    pub source: Source,
    /// The version the bytes belong to.
    pub version: FrameVersion,
}

/// Loads the frame at `real_path`, a path without symbolic links. Errors name `asked`.
///
/// # Errors
/// Everything but defects, which are in [`Loaded`].
pub fn load(
    asked: &Path,
    real_path: &Path,
    media_type: MediaType,
    mapping: MappingPolicy,
) -> Result<Loaded, FrameError> {
    for _ in 0..ATTEMPTS {
        let file = open(real_path).map_err(|error| FrameError::io(asked, &error, "open"))?;
        let version = FrameVersion::of_file(asked, file.metadata())?;
        FrameError::check_size(asked, media_type, version.size())?;
        let size =
            usize::try_from(version.size()).map_err(|_| FrameError::too_large(asked, version.size()))?;
        let (source, outcome) = fetch(&file, real_path, size, media_type, mapping);
        let encoded = outcome.map_err(|fault| match fault {
            ReadFault::Io(error) => FrameError::io(asked, &error, "read"),
            ReadFault::Shorter => FrameError::changed(asked),
        })?;
        let after = FrameVersion::of_file(asked, file.metadata())?;
        if after.size() < version.size() {
            return Err(FrameError::changed(asked));
        }
        if after.has_content_of(&version) {
            return Ok(Loaded {
                uri: encoded.uri,
                defect: encoded.checked.err(),
                source,
                version,
            });
        }
    }
    Err(FrameError::changed(asked))
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
    if mapping == MappingPolicy::Published && size as u64 >= MAPPING_THRESHOLD && is_published(real_path) {
        // SAFETY: the frame was just seen to be part of a published entry, whose files do not change.
        if let Some(outcome) = unsafe { map_frame(file, size, media_type) } {
            return (Source::Mapped, outcome);
        }
    }
    (Source::Read, read_frame(file, size, media_type))
}

/// How many bytes are read before they are encoded: small enough to be still in the core's own cache then, and
/// a multiple of three, so that base64 needs no padding between two chunks. `docs/frame-reading.md` has the
/// measurement.
// Miri takes a microsecond for each byte that is set.
pub(super) const CHUNK_LEN: usize = if cfg!(miri) { 12 * 1024 } else { 192 * 1024 };
const _: () = assert!(CHUNK_LEN.is_multiple_of(3) && CHUNK_LEN > TAIL_LEN);

thread_local! {
    /// Grows to at most [`CHUNK_LEN`], however large the frames are.
    static CHUNK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A frame's data URI and what its bytes looked like.
#[derive(Debug)]
pub struct Encoded {
    /// The data URI.
    pub uri: DataUri,
    /// The result of [`check`].
    pub checked: Result<ImageFormat, Defect>,
}

/// Why a frame could not be read.
#[derive(Debug)]
pub enum ReadFault {
    /// The system call failed.
    Io(io::Error),
    /// The file ended before its size was reached: something cut it meanwhile.
    Shorter,
}

impl From<io::Error> for ReadFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Shorter,
            _ => Self::Io(error),
        }
    }
}

/// Reads the first `size` bytes of `file`, whose cursor is at the start, and encodes them.
///
/// # Errors
/// The [`ReadFault`].
pub fn read_frame(mut file: &File, size: usize, media_type: MediaType) -> Result<Encoded, ReadFault> {
    CHUNK.with_borrow_mut(|buffer| {
        if buffer.len() < size.min(CHUNK_LEN) {
            let more = size.min(CHUNK_LEN) - buffer.len();
            buffer.try_reserve_exact(more).map_err(io::Error::from)?;
            buffer.resize(size.min(CHUNK_LEN), 0);
        }
        let mut writer = DataUriWriter::try_new(media_type, size)?;
        let mut head = [0; 8];
        let mut tail = Tail::default();
        let mut done = 0;
        while done < size {
            let chunk = &mut buffer[..(size - done).min(CHUNK_LEN)];
            file.read_exact(chunk)?;
            if done == 0 {
                let len = chunk.len().min(head.len());
                head[..len].copy_from_slice(&chunk[..len]);
            }
            // Only the last two chunks can reach into the tail.
            if size - done <= 2 * CHUNK_LEN {
                tail.push(chunk);
            }
            writer.push(chunk);
            done += chunk.len();
        }
        let checked = check(&head[..size.min(head.len())], &tail.bytes);
        Ok(Encoded {
            uri: writer.finish(),
            checked,
        })
    })
}

/// The last [`TAIL_LEN`] bytes seen.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    fn push(&mut self, chunk: &[u8]) {
        let chunk = &chunk[chunk.len().saturating_sub(TAIL_LEN)..];
        let excess = (self.bytes.len() + chunk.len()).saturating_sub(TAIL_LEN);
        self.bytes.drain(..excess);
        self.bytes.extend_from_slice(chunk);
    }
}

/// From this size in bytes on a published frame is mapped if the options allow it. Below it the map, the unmap and the
/// page faults cost more than the copy they save: `docs/frame-reading.md`.
#[cfg(target_os = "linux")]
pub const MAPPING_THRESHOLD: u64 = 2 * 1024 * 1024;

/// The name of the file with which the extraction cache marks a directory whose frames never change any more.
#[cfg(target_os = "linux")]
const PUBLISHED: &str = ".hf-complete";

/// Whether the frame lies in a published entry of the extraction cache. `real_path` must be free of symbolic links.
#[cfg(target_os = "linux")]
fn is_published(real_path: &Path) -> bool {
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
#[cfg(target_os = "linux")]
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
