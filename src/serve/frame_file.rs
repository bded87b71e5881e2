//! One registered file, and reading it as long as it is what was registered.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::body::Bytes;

use super::pieces::{PIECE_LEN, PieceBuffers};
use crate::frame::{FrameDoubt, FrameError, FrameVersion, ImageFormat, check, open, version_of_file};

/// A frame as it was when it was registered.
#[derive(Debug)]
pub(crate) struct FrameFile {
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
    /// Looks at the file at `path`.
    ///
    /// # Errors
    /// The I/O kinds of [`FrameError`].
    pub(super) fn look(path: &Path) -> Result<Self, FrameError> {
        let mut file = open(path).map_err(|error| FrameError::io(path, &error, "open"))?;
        let version = version_of_file(path, file.metadata())?;
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

    /// Opens the file to read `len` bytes from `start`, which must lie inside of [`FrameFile::size`]. Blocks.
    ///
    /// # Errors
    /// If it is not the file that was registered. All of the version is asked, the change time too: a frame that
    /// somebody else's replaced under its old name, size and time is refused, and so is one that was given a further
    /// link, which costs a render a fallback and no wrong picture.
    pub(super) fn open(
        self: &Arc<Self>,
        start: u64,
        len: u64,
        buffers: Arc<PieceBuffers>,
    ) -> Result<FrameReader, FileFault> {
        let mut file = open(&self.path).map_err(|error| FileFault::of(&error))?;
        let version = version_of_file(&self.path, file.metadata()).map_err(|_| FileFault::Changed)?;
        if version != self.version {
            return Err(FileFault::Changed);
        }
        if start > 0 {
            file.seek(SeekFrom::Start(start)).map_err(|_| FileFault::Io)?;
        }
        Ok(FrameReader {
            file,
            left: len,
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
    buffers: Arc<PieceBuffers>,
}

impl FrameReader {
    /// Reads the next piece, and gives the reader back unless that was the last. Blocks.
    ///
    /// # Errors
    /// If the file ends early, or, before the last piece is given, if the open file was written to since it was
    /// registered: then no client ever has all of a frame that is a mixture.
    pub(super) fn read(mut self) -> Result<(Bytes, Option<Self>), FileFault> {
        let len = usize::try_from(self.left).map_or(PIECE_LEN, |left| left.min(PIECE_LEN));
        let mut piece = self.buffers.take().map_err(|_| FileFault::Io)?;
        self.file
            .read_exact(piece.room(len))
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
        Ok((Bytes::from_owner(piece), rest))
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
        Ok(format) | Err(FrameDoubt::CutShort(format)) => match format {
            ImageFormat::Png => "image/png",
            ImageFormat::Jpeg => "image/jpeg",
        },
        Err(FrameDoubt::Empty | FrameDoubt::NotAnImage) => "application/octet-stream",
    }
}
