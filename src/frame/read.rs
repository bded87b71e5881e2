//! Reading a frame through a small buffer that is used again.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};

use super::{DataUri, DataUriWriter, FrameDoubt, ImageFormat, MediaType, TAIL_LEN, check};

/// How many bytes are read before they are encoded: small enough to be still in the core's own cache then, and
/// a multiple of three, so that base64 needs no padding between two pieces. `docs/frame-reading.md` has the
/// measurement.
// Miri takes a microsecond for each byte that is set.
pub(super) const PIECE_LEN: usize = if cfg!(miri) { 12 * 1024 } else { 192 * 1024 };
const _: () = assert!(PIECE_LEN.is_multiple_of(3) && PIECE_LEN > TAIL_LEN);

thread_local! {
    /// Grows to at most [`PIECE_LEN`], however large the frames are.
    static PIECE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A frame's data URI and what its bytes looked like.
#[derive(Debug)]
pub struct Encoded {
    /// The data URI.
    pub uri: DataUri,
    /// What [`check`] said of the bytes.
    pub checked: Result<ImageFormat, FrameDoubt>,
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
        Self::Io(error)
    }
}

/// Reads the first `size` bytes of `file`, whose cursor is at the start, and encodes them.
///
/// # Errors
/// The [`ReadFault`].
pub fn read_frame(mut file: &File, size: usize, media_type: MediaType) -> Result<Encoded, ReadFault> {
    PIECE.with_borrow_mut(|buffer| {
        if buffer.len() < size.min(PIECE_LEN) {
            let more = size.min(PIECE_LEN) - buffer.len();
            buffer.try_reserve_exact(more).map_err(io::Error::from)?;
            buffer.resize(size.min(PIECE_LEN), 0);
        }
        let mut writer = DataUriWriter::try_new(media_type, size)?;
        let mut head = [0; 8];
        let mut tail = Tail::default();
        let mut done = 0;
        while done < size {
            let piece = &mut buffer[..(size - done).min(PIECE_LEN)];
            fill(&mut file, piece)?;
            if done == 0 {
                let len = piece.len().min(head.len());
                head[..len].copy_from_slice(&piece[..len]);
            }
            // Only the last two pieces can reach into the tail.
            if size - done <= 2 * PIECE_LEN {
                tail.push(piece);
            }
            writer.push(piece);
            done += piece.len();
        }
        let checked = check(&head[..size.min(head.len())], &tail.bytes);
        Ok(Encoded {
            uri: writer.finish(),
            checked,
        })
    })
}

fn fill(file: &mut impl Read, mut piece: &mut [u8]) -> Result<(), ReadFault> {
    while !piece.is_empty() {
        match file.read(piece) {
            Ok(0) => return Err(ReadFault::Shorter),
            Ok(len) => piece = &mut piece[len..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The last [`TAIL_LEN`] bytes seen.
#[derive(Default)]
struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    fn push(&mut self, piece: &[u8]) {
        let piece = &piece[piece.len().saturating_sub(TAIL_LEN)..];
        let excess = (self.bytes.len() + piece.len()).saturating_sub(TAIL_LEN);
        self.bytes.drain(..excess);
        self.bytes.extend_from_slice(piece);
    }
}
