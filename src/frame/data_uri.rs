//! Bytes as a base64 data URI, encoded once, straight into its own memory.

use std::io;
use std::sync::atomic::{AtomicI64, Ordering};

use base64_simd::{Out, STANDARD};

use super::MediaType;
use super::buffer::Buffer;

/// The bytes of all data URIs alive in this process. Only [`account`] writes it.
static LIVE_BYTES: AtomicI64 = AtomicI64::new(0);

fn account(change: i64) {
    // Relaxed: a figure for reports, nothing is ordered by it.
    LIVE_BYTES.fetch_add(change, Ordering::Relaxed);
}

/// Bytes of all data URIs alive in this process, in a cache or held by a JavaScript string.
#[must_use]
pub fn live_bytes() -> i64 {
    LIVE_BYTES.load(Ordering::Relaxed)
}

/// A finished data URI. Its bytes are ASCII.
#[derive(Debug)]
pub struct DataUri {
    bytes: Buffer,
}

impl DataUri {
    fn new(bytes: Buffer) -> Self {
        account(bytes.len() as i64);
        Self { bytes }
    }

    /// Encodes `data` in one go.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn try_encode(media_type: MediaType, data: &[u8]) -> io::Result<Self> {
        let mut writer = DataUriWriter::try_new(media_type, data.len())?;
        writer.push(data);
        Ok(writer.finish())
    }

    /// The whole URI, ASCII only.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for DataUri {
    fn drop(&mut self) {
        account(-(self.bytes.len() as i64));
    }
}

/// Encodes a data URI chunk by chunk into one buffer of the exact length.
#[derive(Debug)]
pub struct DataUriWriter {
    bytes: Buffer,
    /// How many bytes at the start are written.
    written: usize,
    /// How many bytes of input are still to come.
    missing: usize,
}

impl DataUriWriter {
    /// Room for `size` bytes of input.
    ///
    /// # Errors
    /// If there is no memory for the URI.
    ///
    /// # Panics
    /// If the URI would not fit the address space.
    pub fn try_new(media_type: MediaType, size: usize) -> io::Result<Self> {
        let prefix = media_type.prefix().as_bytes();
        let mut bytes = Buffer::take(prefix.len() + STANDARD.encoded_length(size))?;
        bytes[..prefix.len()].copy_from_slice(prefix);
        Ok(Self {
            bytes,
            written: prefix.len(),
            missing: size,
        })
    }

    /// Encodes the next chunk. Only the last may have a length that is no multiple of three: base64 would need
    /// padding in the middle.
    ///
    /// # Panics
    /// If more comes than was announced, or a chunk other than the last is no multiple of three.
    pub fn push(&mut self, chunk: &[u8]) {
        assert!(chunk.len() <= self.missing, "more bytes than announced");
        assert!(
            chunk.len() == self.missing || chunk.len().is_multiple_of(3),
            "padding in the middle"
        );
        let encoded = STANDARD.encode(chunk, Out::from_slice(&mut self.bytes[self.written..]));
        self.written += encoded.len();
        self.missing -= chunk.len();
    }

    /// The finished URI.
    ///
    /// # Panics
    /// If fewer bytes came than were announced.
    #[must_use]
    pub fn finish(self) -> DataUri {
        assert!(
            self.missing == 0 && self.written == self.bytes.len(),
            "fewer bytes than announced"
        );
        DataUri::new(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(media_type: MediaType, data: &[u8]) -> DataUri {
        DataUri::try_encode(media_type, data).expect("there is memory")
    }

    fn writer(media_type: MediaType, size: usize) -> DataUriWriter {
        DataUriWriter::try_new(media_type, size).expect("there is memory")
    }

    #[test]
    fn encodes_in_chunks_as_in_one_go() {
        let data: Vec<u8> = (0..=255).cycle().take(10_001).collect();
        for len in [0, 1, 2, 3, 4, 99, 10_000, 10_001] {
            let whole = encode(MediaType::Png, &data[..len]);
            let expected = format!(
                "data:image/png;base64,{}",
                STANDARD.encode_to_string(&data[..len])
            );
            assert_eq!(whole.as_bytes(), expected.as_bytes());
            let mut writer = writer(MediaType::Png, len);
            for chunk in data[..len].chunks(33) {
                writer.push(chunk);
            }
            assert_eq!(writer.finish().as_bytes(), whole.as_bytes());
        }
    }

    #[test]
    fn empty_input_gives_the_bare_prefix() {
        assert_eq!(
            encode(MediaType::Jpeg, b"").as_bytes(),
            b"data:image/jpeg;base64,"
        );
    }

    #[test]
    #[should_panic(expected = "padding in the middle")]
    fn refuses_padding_in_the_middle() {
        writer(MediaType::Jpeg, 9).push(b"four");
    }

    #[test]
    #[should_panic(expected = "fewer bytes")]
    fn refuses_to_hand_out_unwritten_bytes() {
        let mut writer = writer(MediaType::Jpeg, 9);
        writer.push(b"six...");
        let _ = writer.finish();
    }
}
