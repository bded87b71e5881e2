//! How many pixels an image has, and whether Chrome may decode it smaller, from its first bytes.

use super::ImageFormat;

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

#[cfg(test)]
mod tests {
    use super::*;

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
