//! Format, wholeness and size of an image by its first and last bytes, and the media type by its name.

use std::fmt;
use std::path::Path;

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
pub enum Defect {
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
/// The [`Defect`] if the bytes are no whole image.
pub fn check(head: &[u8], tail: &[u8]) -> Result<ImageFormat, Defect> {
    let (format, end) = if head.starts_with(PNG_MAGIC) {
        (ImageFormat::Png, PNG_END)
    } else if head.starts_with(JPEG_MAGIC) {
        (ImageFormat::Jpeg, JPEG_END)
    } else if head.is_empty() {
        return Err(Defect::Empty);
    } else {
        return Err(Defect::NotAnImage);
    };
    let ended = tail.windows(end.len()).rev().any(|window| window == end);
    if ended {
        Ok(format)
    } else {
        Err(Defect::CutShort(format))
    }
}

/// How many bytes of a file's start [`dimensions`] wants to see. ffmpeg's jpeg frames have their frame header within
/// the first kilobyte; an embedded colour profile may push it further back.
pub const HEAD_LEN: usize = 64 * 1024;

/// The size of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dimensions {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether it is a JPEG of which both sides are whole MCUs (the blocks of 8 or 16 pixels that its sampling gives). Of those
    /// alone Chrome decodes a smaller picture where it draws them at half their size or less, which has other pixels than the
    /// whole picture made smaller. Source: `jpeg_image_decoder.cc` of Chromium; `docs/transports.md`.
    pub whole_mcus: bool,
}

/// The size, if `head` tells it.
#[must_use]
pub fn dimensions(format: ImageFormat, head: &[u8]) -> Option<Dimensions> {
    match format {
        ImageFormat::Png => png(head),
        ImageFormat::Jpeg => jpeg(head),
    }
}

/// IHDR is the first chunk by specification: signature (8), length (4), type (4), width (4), height (4).
fn png(head: &[u8]) -> Option<Dimensions> {
    if head.get(12..16)? != b"IHDR" {
        return None;
    }
    Some(Dimensions {
        width: big_endian_u32(head, 16)?,
        height: big_endian_u32(head, 20)?,
        whole_mcus: false,
    })
}

/// Walks the marker segments up to the frame header (SOF0 to SOF15 without the three codes that are none).
fn jpeg(head: &[u8]) -> Option<Dimensions> {
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        match *head.get(at + 1)? {
            // Fill bytes may come before a marker.
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + big_endian_u16(head, at + 2)?,
            0xc0..=0xcf => {
                // Length (2), precision (1), height (2), width (2), components.
                let height = u32::try_from(big_endian_u16(head, at + 5)?).ok()?;
                let width = u32::try_from(big_endian_u16(head, at + 7)?).ok()?;
                let (across, down) = mcu(head, at + 9)?;
                return Some(Dimensions {
                    width,
                    height,
                    whole_mcus: across > 0 && down > 0 && width % across == 0 && height % down == 0,
                });
            }
            // Start of scan or end of image: no frame header came before it.
            0xda | 0xd9 => return None,
            _ => at += 2 + big_endian_u16(head, at + 2)?,
        }
    }
}

/// Pixels of an MCU, across and down, from the component list of a frame header: a count (1), then for each its name (1), its
/// sampling factors (4 bits each) and its table (1). 0 where no component has any.
fn mcu(head: &[u8], at: usize) -> Option<(u32, u32)> {
    let count = usize::from(*head.get(at)?);
    let components = head.get(at + 1..at + 1 + 3 * count)?;
    Some(
        components
            .chunks_exact(3)
            .fold((0, 0), |(across, down), component| {
                let factors = component[1];
                (
                    across.max(8 * u32::from(factors >> 4)),
                    down.max(8 * u32::from(factors & 15)),
                )
            }),
    )
}

fn big_endian_u16(bytes: &[u8], at: usize) -> Option<usize> {
    let pair = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_be_bytes(pair)))
}

fn big_endian_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The media type a data URI names. As upstream it follows from the path that was asked for, never from the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// `image/png`: the path ends in `.png`, in lower case.
    Png,
    /// `image/jpeg`: every other path.
    Jpeg,
}

impl MediaType {
    /// The media type for `path`. The last four characters decide, so `.png` itself, which has no extension in
    /// the sense of [`Path::extension`], is a png as well.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        if path.as_os_str().as_encoded_bytes().ends_with(b".png") {
            Self::Png
        } else {
            Self::Jpeg
        }
    }

    /// The start of a data URI of this type, comma included.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Png => "data:image/png;base64,",
            Self::Jpeg => "data:image/jpeg;base64,",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> Result<ImageFormat, Defect> {
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
            Err(Defect::CutShort(ImageFormat::Png))
        );
        assert_eq!(
            whole(&jpeg[..jpeg.len() - 1]),
            Err(Defect::CutShort(ImageFormat::Jpeg))
        );
        assert_eq!(whole(b""), Err(Defect::Empty));
        assert_eq!(whole(b"GIF89a"), Err(Defect::NotAnImage));
        assert_eq!(whole(&png[..5]), Err(Defect::NotAnImage));
    }

    #[test]
    fn accepts_bytes_after_the_end_marker() {
        let mut jpeg = [JPEG_MAGIC, b"\xe0....", JPEG_END].concat();
        jpeg.resize(jpeg.len() + TAIL_LEN - JPEG_END.len(), 0);
        assert_eq!(whole(&jpeg), Ok(ImageFormat::Jpeg));
        jpeg.push(0);
        assert_eq!(whole(&jpeg), Err(Defect::CutShort(ImageFormat::Jpeg)));
    }

    const JPEG: &[u8] = &[
        0xff, 0xd8, // SOI
        0xff, 0xe0, 0x00, 0x04, 0x01, 0x02, // APP0
        0xff, 0xff, 0xc4, 0x00, 0x03, 0x09, // a fill byte, DHT
        0xff, 0xc2, 0x00, 0x0b, 0x08, 0x04, 0x38, 0x07, 0x80, 0x01, 0x01, 0x22, 0x00, // SOF2: 1920x1080
    ];

    #[test]
    fn reads_png_and_jpeg() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x07\x80\0\0\x04\x38";
        let expected = Dimensions {
            width: 1920,
            height: 1080,
            whole_mcus: false,
        };
        assert_eq!(dimensions(ImageFormat::Png, png), Some(expected));
        assert_eq!(dimensions(ImageFormat::Jpeg, JPEG), Some(expected));
    }

    /// A frame header with so many pixels and these sampling factors.
    fn header(width: u16, height: u16, factors: &[u8]) -> Vec<u8> {
        let mut jpeg = vec![0xff, 0xd8, 0xff, 0xc0, 0, 0, 8];
        jpeg.extend(height.to_be_bytes());
        jpeg.extend(width.to_be_bytes());
        jpeg.push(u8::try_from(factors.len()).unwrap());
        jpeg.extend(factors.iter().flat_map(|&factor| [1, factor, 0]));
        jpeg
    }

    #[test]
    fn tells_whole_mcus_by_size_and_sampling() {
        const SUBSAMPLED: &[u8] = &[0x22, 0x11, 0x11]; // 4:2:0
        const FULL: &[u8] = &[0x11, 0x11, 0x11]; // 4:4:4
        for (width, height, factors, whole) in [
            (3840, 2160, SUBSAMPLED, true),
            (1280, 720, SUBSAMPLED, true),
            (1920, 1080, SUBSAMPLED, false),
            (1920, 1080, FULL, true),
            (853, 480, SUBSAMPLED, false),
            (1280, 724, SUBSAMPLED, false),
            (1280, 728, &[0x21, 0x11, 0x11], true), // 4:2:2
            (640, 360, &[0x11], true),              // grey
            (1280, 720, &[0x00], false),            // no sampling at all
            (1280, 720, &[], false),
        ] {
            let found = dimensions(ImageFormat::Jpeg, &header(width, height, factors)).unwrap();
            assert_eq!(found.whole_mcus, whole, "{width}x{height} {factors:?}");
        }
    }

    #[test]
    fn is_content_with_any_bytes() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            for len in 0..JPEG.len() {
                assert_eq!(dimensions(format, &JPEG[..len]), None, "{len}");
            }
            assert_eq!(dimensions(format, &[0xff; 64]), None);
            assert_eq!(dimensions(format, &[0; 64]), None);
        }
        let no_header = [0xff, 0xd8, 0xff, 0xda, 0x00, 0x02, 0xff, 0xd9];
        assert_eq!(dimensions(ImageFormat::Jpeg, &no_header), None);
    }
}
