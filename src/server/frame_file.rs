//! One registered file, and reading it chunk by chunk as long as it is what was registered.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;

use crate::frame::{Defect, FrameError, FrameVersion, ImageFormat, check, open, zeros};

/// A frame as it was when it was registered.
#[derive(Debug)]
pub(super) struct FrameFile {
    path: PathBuf,
    version: FrameVersion,
    content_type: &'static str,
}

/// Why a registered frame cannot be sent.
#[derive(Debug)]
pub(super) enum FileFault {
    /// It is gone, cut, or not what was registered.
    Changed,
    /// It could not be opened or read now.
    Io,
}

impl FrameFile {
    /// The file at `path` as it is now.
    ///
    /// # Errors
    /// The I/O kinds of [`FrameError`].
    pub(super) fn new(path: &Path) -> Result<Self, FrameError> {
        let mut file = open(path).map_err(|error| FrameError::io(path, &error, "open"))?;
        let version = FrameVersion::of_file(path, file.metadata())?;
        let mut head = Vec::new();
        Read::by_ref(&mut file)
            .take(8)
            .read_to_end(&mut head)
            .map_err(|error| FrameError::io(path, &error, "read"))?;
        Ok(Self {
            // The working directory may be another one when the frame is asked for.
            path: std::path::absolute(path).map_err(|error| FrameError::io(path, &error, "open"))?,
            version,
            content_type: content_type(&head),
        })
    }

    /// Bytes of the file.
    pub(super) const fn size(&self) -> u64 {
        self.version.size()
    }

    /// By its first bytes, not by its name.
    pub(super) const fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// Opens the file for reading. Blocks.
    ///
    /// # Errors
    /// If it is not the file that was registered. All of the version is asked, the change time too: a frame that
    /// somebody else's replaced under its old name, size and time is refused, and so is one that was given a further
    /// link, which costs a render a fallback and no wrong picture.
    pub(super) fn open(self: &Arc<Self>, buffers: Arc<ChunkBuffers>) -> Result<FrameReader, FileFault> {
        let file = open(&self.path).map_err(|error| FileFault::of(&error))?;
        let version = FrameVersion::of_file(&self.path, file.metadata()).map_err(|_| FileFault::Changed)?;
        if version != self.version {
            return Err(FileFault::Changed);
        }
        Ok(FrameReader {
            file,
            left: self.size(),
            frame: Arc::clone(self),
            buffers,
        })
    }
}

impl FileFault {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory => {
                Self::Changed
            }
            _ => Self::Io,
        }
    }
}

/// The rest of an open frame.
#[derive(Debug)]
pub(super) struct FrameReader {
    file: File,
    left: u64,
    frame: Arc<FrameFile>,
    buffers: Arc<ChunkBuffers>,
}

impl FrameReader {
    /// Reads the next chunk, and gives the reader back unless that was the last. Blocks.
    ///
    /// # Errors
    /// If the file ends early, or, before the last chunk is given, if the open file was written to since it was
    /// registered: then no client ever has all of a frame that is a mixture.
    pub(super) fn read(mut self) -> Result<(Bytes, Option<Self>), FileFault> {
        let len = usize::try_from(self.left).map_or(CHUNK_LEN, |left| left.min(CHUNK_LEN));
        let mut chunk = self.buffers.take().map_err(|_| FileFault::Io)?;
        self.file
            .read_exact(chunk.room(len))
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => FileFault::Changed,
                _ => FileFault::Io,
            })?;
        self.left -= len as u64;
        let rest = if self.left > 0 {
            Some(self)
        } else {
            self.confirm()?;
            None
        };
        Ok((Bytes::from_owner(chunk), rest))
    }

    fn confirm(&self) -> Result<(), FileFault> {
        let now = FrameVersion::of(&self.file.metadata().map_err(|_| FileFault::Io)?);
        if now.has_content_of(&self.frame.version) {
            Ok(())
        } else {
            Err(FileFault::Changed)
        }
    }
}

fn content_type(head: &[u8]) -> &'static str {
    // Without a tail a whole image counts as cut short, which does not matter here.
    match check(head, &[]) {
        Ok(format) | Err(Defect::CutShort(format)) => match format {
            ImageFormat::Png => "image/png",
            ImageFormat::Jpeg => "image/jpeg",
        },
        Err(Defect::Empty | Defect::NotAnImage) => "application/octet-stream",
    }
}

/// Bytes of one read. Large enough that the way to the reading thread and back costs little, small enough to be in the
/// core's cache when it is written to the socket.
// Miri takes a microsecond for each byte that is set.
pub(super) const CHUNK_LEN: usize = if cfg!(miri) { 4096 } else { 256 * 1024 };

/// How many buffers are kept for the next chunk. Two are in use per connection that is being sent something, and Chrome
/// opens six.
const MOST_KEPT: usize = 12;

/// Buffers of [`CHUNK_LEN`] bytes, used again: fresh ones cost more in page faults than the read itself.
#[derive(Debug, Default)]
pub(super) struct ChunkBuffers(Mutex<Vec<Box<[u8]>>>);

impl ChunkBuffers {
    /// A buffer with any content.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub(super) fn take(self: &Arc<Self>) -> io::Result<Chunk> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = match kept {
            Some(bytes) => bytes,
            None => zeros(CHUNK_LEN)?.into_boxed_slice(),
        };
        Ok(Chunk {
            bytes,
            len: 0,
            home: Arc::clone(self),
        })
    }
}

/// The first `len` bytes of a buffer, which goes home when this is dropped.
#[derive(Debug)]
pub(super) struct Chunk {
    bytes: Box<[u8]>,
    len: usize,
    home: Arc<ChunkBuffers>,
}

impl Chunk {
    /// Room for `len` bytes, at most [`CHUNK_LEN`].
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        self.len = len;
        &mut self.bytes[..len]
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let mut kept = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MOST_KEPT {
            kept.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_home_and_not_without_end() {
        let buffers = Arc::<ChunkBuffers>::default();
        let mut chunks: Vec<Chunk> = (0..2 * MOST_KEPT)
            .map(|_| buffers.take().expect("there is memory"))
            .collect();
        chunks[0].room(3).copy_from_slice(b"abc");
        assert_eq!(chunks[0].as_ref(), b"abc");
        drop(chunks);
        assert_eq!(buffers.0.lock().expect("no panic").len(), MOST_KEPT);
        drop(buffers.take().expect("there is memory"));
        assert_eq!(buffers.0.lock().expect("no panic").len(), MOST_KEPT);
    }
}
