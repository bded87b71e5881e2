//! How many pixels an image has, from its first bytes.

use super::ImageFormat;

/// How many bytes of a file's start [`dimensions`] wants to see. ffmpeg's jpeg frames have their frame header within
/// the first kilobyte; an embedded colour profile may push it further back.
pub const HEAD_LEN: usize = 64 * 1024;

/// Width and height in pixels, if `head` tells them.
#[must_use]
pub fn dimensions(format: ImageFormat, head: &[u8]) -> Option<(u32, u32)> {
    match format {
        ImageFormat::Png => png(head),
        ImageFormat::Jpeg => jpeg(head),
    }
}

/// IHDR is the first chunk by specification: signature (8), length (4), type (4), width (4), height (4).
fn png(head: &[u8]) -> Option<(u32, u32)> {
    if head.get(12..16)? != b"IHDR" {
        return None;
    }
    Some((big_endian_u32(head, 16)?, big_endian_u32(head, 20)?))
}

/// Walks the marker segments up to the frame header (SOF0 to SOF15 without the three codes that are none).
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
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
                // Length (2), precision (1), height (2), width (2).
                let height = u32::try_from(big_endian_u16(head, at + 5)?).ok()?;
                let width = u32::try_from(big_endian_u16(head, at + 7)?).ok()?;
                return Some((width, height));
            }
            // Start of scan or end of image: no frame header came before it.
            0xda | 0xd9 => return None,
            _ => at += 2 + big_endian_u16(head, at + 2)?,
        }
    }
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
        0xff, 0xc2, 0x00, 0x0b, 0x08, 0x04, 0x38, 0x07, 0x80, 0x03, // SOF2: 1920x1080
    ];

    #[test]
    fn reads_png_and_jpeg() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x07\x80\0\0\x04\x38";
        assert_eq!(dimensions(ImageFormat::Png, png), Some((1920, 1080)));
        assert_eq!(dimensions(ImageFormat::Jpeg, JPEG), Some((1920, 1080)));
    }

    #[test]
    fn is_content_with_any_bytes() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            for len in 0..JPEG.len() {
                assert_eq!(dimensions(format, &JPEG[..len.min(20)]), None, "{len}");
            }
            assert_eq!(dimensions(format, &[0xff; 64]), None);
            assert_eq!(dimensions(format, &[0; 64]), None);
        }
        let no_header = [0xff, 0xd8, 0xff, 0xda, 0x00, 0x02, 0xff, 0xd9];
        assert_eq!(dimensions(ImageFormat::Jpeg, &no_header), None);
    }
}
