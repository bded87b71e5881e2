//! Whether bytes look like one whole image.

use std::fmt;

const PNG_MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// SOI and the first byte of the next marker.
const JPEG_MAGIC: &[u8] = b"\xff\xd8\xff";
/// The type and checksum of the chunk that ends every png; its length field is always zero.
const PNG_END: &[u8] = b"IEND\xae\x42\x60\x82";
/// The EOI marker. Inside entropy-coded data `ff` is always followed by `00` or a restart marker.
const JPEG_END: &[u8] = b"\xff\xd9";

/// How many bytes of a file's end [`check`] wants to see. Writers may append bytes after the image (padding,
/// metadata), which decoders skip, so the end marker is looked for in the tail and not at the very end.
pub const TAIL_LEN: usize = 4096;

/// The image formats a frame may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// Begins with the png signature.
    Png,
    /// Begins with a jpeg start-of-image marker.
    Jpeg,
}

/// Why bytes are not one whole image. Upstream passes such bytes on to Chrome unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameDoubt {
    /// There are no bytes at all.
    Empty,
    /// The bytes begin neither like a png nor like a jpeg.
    NotAnImage,
    /// The end marker of the format is missing.
    CutShort(ImageFormat),
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
        })
    }
}

/// Looks at the first bytes and the last (at most [`TAIL_LEN`], and overlapping if the file is short).
///
/// # Errors
/// The [`FrameDoubt`] if the bytes are no whole image.
pub fn check(head: &[u8], tail: &[u8]) -> Result<ImageFormat, FrameDoubt> {
    let (format, end) = if head.starts_with(PNG_MAGIC) {
        (ImageFormat::Png, PNG_END)
    } else if head.starts_with(JPEG_MAGIC) {
        (ImageFormat::Jpeg, JPEG_END)
    } else if head.is_empty() {
        return Err(FrameDoubt::Empty);
    } else {
        return Err(FrameDoubt::NotAnImage);
    };
    let ended = tail.windows(end.len()).rev().any(|window| window == end);
    if ended {
        Ok(format)
    } else {
        Err(FrameDoubt::CutShort(format))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> Result<ImageFormat, FrameDoubt> {
        check(bytes, &bytes[bytes.len().saturating_sub(TAIL_LEN)..])
    }

    #[test]
    fn tells_whole_images_from_the_rest() {
        let png = [PNG_MAGIC, b"....", PNG_END].concat();
        let jpeg = [JPEG_MAGIC, b"\xe0....", JPEG_END].concat();
        assert_eq!(whole(&png), Ok(ImageFormat::Png));
        assert_eq!(whole(&jpeg), Ok(ImageFormat::Jpeg));
        assert_eq!(
            whole(&png[..png.len() - 1]),
            Err(FrameDoubt::CutShort(ImageFormat::Png))
        );
        assert_eq!(
            whole(&jpeg[..jpeg.len() - 1]),
            Err(FrameDoubt::CutShort(ImageFormat::Jpeg))
        );
        assert_eq!(whole(b""), Err(FrameDoubt::Empty));
        assert_eq!(whole(b"GIF89a"), Err(FrameDoubt::NotAnImage));
        assert_eq!(whole(&png[..5]), Err(FrameDoubt::NotAnImage));
    }

    #[test]
    fn bears_bytes_after_the_end_marker() {
        let mut jpeg = [JPEG_MAGIC, b"\xe0....", JPEG_END].concat();
        jpeg.resize(jpeg.len() + TAIL_LEN - JPEG_END.len(), 0);
        assert_eq!(whole(&jpeg), Ok(ImageFormat::Jpeg));
        jpeg.push(0);
        assert_eq!(whole(&jpeg), Err(FrameDoubt::CutShort(ImageFormat::Jpeg)));
    }
}
