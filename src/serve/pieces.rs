//! The buffers that frames are read into.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::frame::zeros;

/// Bytes of one read. Large enough that the way to the reading thread and back costs little, small enough to be in the
/// core's cache when it is written to the socket.
// Miri takes a microsecond for each byte that is set.
pub(crate) const PIECE_LEN: usize = if cfg!(miri) { 4096 } else { 256 * 1024 };

/// How many buffers are kept for the next piece. Two are in use per connection that is being sent something, and Chrome
/// opens six.
const MOST_KEPT: usize = 12;

/// Buffers of [`PIECE_LEN`] bytes, used again: fresh ones cost more in page faults than the read itself.
#[derive(Debug, Default)]
pub(crate) struct PieceBuffers(Mutex<Vec<Box<[u8]>>>);

impl PieceBuffers {
    /// A buffer with any content.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub(super) fn take(self: &Arc<Self>) -> io::Result<Piece> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = match kept {
            Some(bytes) => bytes,
            None => zeros(PIECE_LEN)?.into_boxed_slice(),
        };
        Ok(Piece {
            bytes,
            len: 0,
            home: Arc::clone(self),
        })
    }
}

/// The first `len` bytes of a buffer, which goes home when this is dropped.
#[derive(Debug)]
pub(super) struct Piece {
    bytes: Box<[u8]>,
    len: usize,
    home: Arc<PieceBuffers>,
}

impl Piece {
    /// Room for `len` bytes, at most [`PIECE_LEN`].
    pub(super) fn room(&mut self, len: usize) -> &mut [u8] {
        self.len = len;
        &mut self.bytes[..len]
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Piece {
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
        let buffers = Arc::<PieceBuffers>::default();
        let mut pieces: Vec<Piece> = (0..2 * MOST_KEPT)
            .map(|_| buffers.take().expect("there is memory"))
            .collect();
        pieces[0].room(3).copy_from_slice(b"abc");
        assert_eq!(pieces[0].as_ref(), b"abc");
        drop(pieces);
        assert_eq!(buffers.0.lock().expect("no panic").len(), MOST_KEPT);
        drop(buffers.take().expect("there is memory"));
        assert_eq!(buffers.0.lock().expect("no panic").len(), MOST_KEPT);
    }
}
