//! Looking at frame files before they are due: what one holds, and whether two hold the same picture.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::image::{Defect, Dimensions, HEAD_LEN, TAIL_LEN, check, dimensions};
use super::{FrameError, FrameVersion, open};

/// Facts about a frame file, without decoding it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameInfo {
    /// Bytes of the file.
    pub size: u64,
    /// Modification time in milliseconds since 1970, as Node's `stat` computes it.
    pub modified_ms: f64,
    /// Change time in milliseconds since 1970, which no program can set; 0 where the system has none.
    pub changed_ms: f64,
    /// Pixels; 0 if the first bytes do not tell, or the end of the image is missing.
    pub dimensions: Dimensions,
    /// Why the bytes are not one whole image, if they are not.
    pub defect: Option<Defect>,
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
    let size = FrameVersion::of_file(path, metadata)?.size();
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
        defect: checked.err(),
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

/// Bytes that are compared in one go.
const CHUNK: usize = 128 * 1024;

/// Whether the files at both paths hold the same bytes: by their sizes, then by their place on the disk (links of one file), and
/// then by the bytes themselves, up to the first that differs.
///
/// # Errors
/// Those of opening and reading either file; one that is cut meanwhile is an error too.
pub fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let mut one = open(one)?;
    let mut other = open(other)?;
    let (of_one, of_other) = (one.metadata()?, other.metadata()?);
    if !of_one.is_file() || !of_other.is_file() || of_one.len() != of_other.len() {
        return Ok(false);
    }
    Ok(is_same_place(&of_one, &of_other) || read_the_same(&mut one, &mut other, of_one.len())?)
}

#[cfg(unix)]
fn is_same_place(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same_place(_: &Metadata, _: &Metadata) -> bool {
    false
}

/// Whether the next `left` bytes of both are the same. A file that ends before is an error.
fn read_the_same(one: &mut File, other: &mut File, mut left: u64) -> io::Result<bool> {
    let (mut first, mut second) = (vec![0; CHUNK], vec![0; CHUNK]);
    while left > 0 {
        let length = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        one.read_exact(&mut first[..length])?;
        other.read_exact(&mut second[..length])?;
        if first[..length] != second[..length] {
            return Ok(false);
        }
        left -= length as u64;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::{CHUNK, same_bytes};
    use crate::testing::TestDir;

    #[test]
    fn copies_are_the_same_at_any_length() {
        let folder = TestDir::new();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes: Vec<u8> = (0..length)
                .map(|n| u8::try_from(n % 251).expect("a byte"))
                .collect();
            let one = folder.file("one", &bytes);
            let other = folder.file("other", &bytes);
            assert!(same_bytes(&one, &other).expect("readable"), "{length}");
        }
    }

    #[test]
    fn one_byte_or_the_length_tells_files_apart() {
        let folder = TestDir::new();
        let bytes = vec![7; 2 * CHUNK + 5];
        let one = folder.file("one", &bytes);
        for at in [0, CHUNK - 1, CHUNK, 2 * CHUNK + 4] {
            let mut others = bytes.clone();
            others[at] = 8;
            let other = folder.file("other", &others);
            assert!(!same_bytes(&one, &other).expect("readable"), "{at}");
        }
        let longer = folder.file("longer", &[bytes.clone(), vec![7]].concat());
        assert!(!same_bytes(&one, &longer).expect("readable"));
    }

    #[cfg(unix)]
    #[test]
    fn links_of_one_file_are_the_same() {
        let folder = TestDir::new();
        let one = folder.file("one", b"frame");
        let soft = folder.path().join("soft");
        let hard = folder.path().join("hard");
        std::os::unix::fs::symlink(&one, &soft).expect("a link");
        std::fs::hard_link(&one, &hard).expect("a link");
        assert!(same_bytes(&soft, &hard).expect("readable"));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_and_a_folder_is_like_nothing() {
        let folder = TestDir::new();
        let one = folder.file("one", b"");
        assert!(same_bytes(&one, &folder.path().join("gone")).is_err());
        #[cfg(unix)]
        assert!(!same_bytes(folder.path(), folder.path()).expect("a folder opens"));
    }
}
