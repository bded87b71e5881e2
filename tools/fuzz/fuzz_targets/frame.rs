//! Bytes as a frame: what is said of them, and the data URI made of them.
//!
//! The first byte of the input is the length of the file's name, then come the name and the content.
#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyperframes_native::frame::{
    DataUri, DataUriWriter, Defect, ImageFormat, MappingPolicy, MediaType, TAIL_LEN, check, dimensions,
    inspect, live_bytes, load,
};
use libfuzzer_sys::fuzz_target;

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("hf-fuzz-frame-{}", std::process::id())));

/// The content of a data URI, by another decoder.
fn decoded(uri: &DataUri, media_type: MediaType) -> Vec<u8> {
    let text = std::str::from_utf8(uri.as_bytes()).expect("ASCII");
    let base64 = text.strip_prefix(media_type.prefix()).expect("its media type");
    BASE64_STANDARD.decode(base64).expect("base64")
}

fn tail(content: &[u8]) -> &[u8] {
    &content[content.len().saturating_sub(TAIL_LEN)..]
}

fn says_the_same_of_any_part(content: &[u8]) -> Result<ImageFormat, Defect> {
    let checked = check(content, tail(content));
    // Eight bytes are all that a reader keeps of the start.
    assert_eq!(check(&content[..content.len().min(8)], tail(content)), checked);
    for format in [ImageFormat::Png, ImageFormat::Jpeg] {
        let whole = dimensions(format, content);
        // Fewer bytes tell less, never something else.
        for len in [content.len() / 2, content.len().saturating_sub(1), 24] {
            let part = dimensions(format, &content[..len.min(content.len())]);
            assert!(part.is_none() || part == whole);
        }
    }
    checked
}

/// Another reader of headers, where both can tell.
fn agrees_with_imagesize(content: &[u8], checked: Result<ImageFormat, Defect>) {
    let Ok(format) = checked else { return };
    let (Some(ours), Ok(theirs)) = (dimensions(format, content), imagesize::blob_size(content)) else {
        return;
    };
    assert_eq!(
        (ours.width as usize, ours.height as usize),
        (theirs.width, theirs.height)
    );
}

fn encodes(content: &[u8], media_type: MediaType) {
    let uri = DataUri::try_encode(media_type, content).expect("there is memory");
    assert_eq!(decoded(&uri, media_type), content);
    let step = 3 * (1 + content.len() % 41);
    let mut writer = DataUriWriter::try_new(media_type, content.len()).expect("there is memory");
    content.chunks(step).for_each(|piece| writer.push(piece));
    assert_eq!(writer.finish().as_bytes(), uri.as_bytes());
}

fn loads(content: &[u8], media_type: MediaType, checked: Result<ImageFormat, Defect>) {
    std::fs::write(&*FILE, content).expect("the temporary directory is writable");
    let info = inspect(&FILE).expect("a file");
    let size = checked
        .ok()
        .and_then(|format| dimensions(format, content))
        .unwrap_or_default();
    assert_eq!(
        (info.size, info.defect, info.dimensions),
        (content.len() as u64, checked.err(), size)
    );
    let loaded = load(&FILE, &FILE, media_type, MappingPolicy::Never).expect("a file");
    assert_eq!(loaded.defect, checked.err());
    assert_eq!(loaded.version.size(), content.len() as u64);
    assert_eq!(decoded(&loaded.uri, media_type), content);
}

/// Any bytes as a path, where paths may be any bytes.
#[cfg(unix)]
fn path_of(name: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(name))
}

#[cfg(not(unix))]
fn path_of(name: &[u8]) -> &Path {
    Path::new(std::str::from_utf8(name).unwrap_or("frame"))
}

fuzz_target!(|data: &[u8]| {
    let Some((&len, rest)) = data.split_first() else {
        return;
    };
    let (name, content) = rest.split_at(usize::from(len).min(rest.len()));
    let media_type = MediaType::of(path_of(name));
    #[cfg(unix)]
    assert_eq!(media_type == MediaType::Png, name.ends_with(b".png"));
    let checked = says_the_same_of_any_part(content);
    agrees_with_imagesize(content, checked);
    encodes(content, media_type);
    loads(content, media_type, checked);
    assert_eq!(live_bytes(), 0, "every data URI was accounted for and let go");
});
