//! Loading whole frames, whatever happens to them meanwhile.

use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use base64_simd::STANDARD;

use super::load::CHUNK_LEN;
#[cfg(target_os = "linux")]
use super::sigbus::Watch;
use super::*;
#[cfg(target_os = "linux")]
use crate::testing::limit_memory;
use crate::testing::{TestDir, in_child, jpeg};

fn load_from(path: &Path, mapping: MappingPolicy) -> Result<Loaded, FrameError> {
    load(path, path, MediaType::of(path), mapping)
}

fn expected(prefix: &str, bytes: &[u8]) -> Vec<u8> {
    format!("{prefix}{}", STANDARD.encode_to_string(bytes)).into_bytes()
}

#[test]
fn gives_the_bytes_of_frames_of_any_size() {
    let dir = TestDir::published();
    // Around the length of a chunk, of the tail, and of the mapping threshold.
    for len in [
        6,
        7,
        8,
        TAIL_LEN - 1,
        TAIL_LEN,
        TAIL_LEN + 1,
        CHUNK_LEN - 1,
        CHUNK_LEN,
        CHUNK_LEN + 1,
        CHUNK_LEN + TAIL_LEN + 1,
        2 * CHUNK_LEN + 1,
        2_097_151,
        2_097_152,
        2_500_001,
    ] {
        // Miri maps no files, and is slow.
        if cfg!(miri) && len > 3 * CHUNK_LEN {
            break;
        }
        let bytes = jpeg(len);
        let path = dir.file("frame.jpg", &bytes);
        for mapping in [MappingPolicy::Never, MappingPolicy::Published] {
            let loaded = load_from(&path, mapping).expect("the frame is whole");
            assert!(
                loaded.uri.as_bytes() == expected("data:image/jpeg;base64,", &bytes),
                "{len} {mapping:?}"
            );
            assert_eq!(loaded.defect, None, "{len} {mapping:?}");
            let maps = cfg!(target_os = "linux") && mapping == MappingPolicy::Published && len >= 2 << 20;
            assert_eq!(loaded.source, if maps { Source::Mapped } else { Source::Read });
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "Miri maps no files")]
fn maps_nothing_outside_a_published_directory() {
    let dir = TestDir::new();
    let path = dir.file("frame.jpg", &jpeg(2 << 20));
    assert_eq!(
        load_from(&path, MappingPolicy::Published)
            .expect("the frame is whole")
            .source,
        Source::Read
    );
}

#[test]
fn names_the_defect_of_what_is_not_a_whole_image() {
    let dir = TestDir::published();
    let mapped = if cfg!(miri) { 30_000 } else { 3 << 20 };
    for (bytes, defect) in [
        (Vec::new(), Defect::Empty),
        (b"text".to_vec(), Defect::NotAnImage),
        (jpeg(100)[..98].to_vec(), Defect::CutShort(ImageFormat::Jpeg)),
        (
            jpeg(mapped)[..mapped - 2].to_vec(),
            Defect::CutShort(ImageFormat::Jpeg),
        ),
    ] {
        let path = dir.file("frame.png", &bytes);
        for mapping in [MappingPolicy::Never, MappingPolicy::Published] {
            let loaded = load_from(&path, mapping).expect("defects are no errors");
            assert_eq!(loaded.defect, Some(defect));
            assert!(loaded.uri.as_bytes() == expected("data:image/png;base64,", &bytes));
        }
    }
}

#[test]
fn names_the_media_type_by_the_end_of_the_path() {
    for (path, media_type) in [
        ("a.png", MediaType::Png),
        (".png", MediaType::Png),
        ("a.PNG", MediaType::Jpeg),
        ("a.png.jpg", MediaType::Jpeg),
        ("a.webp", MediaType::Jpeg),
        ("png", MediaType::Jpeg),
        ("", MediaType::Jpeg),
    ] {
        assert_eq!(MediaType::of(Path::new(path)), media_type, "{path}");
    }
}

#[test]
fn words_faults_as_node_does() {
    let dir = TestDir::new();
    let file = dir.file("file.jpg", b"x");
    let missing = dir.path().join("no.jpg");
    let error = load_from(&missing, MappingPolicy::Never).expect_err("it is missing");
    let message = format!("ENOENT: no such file or directory, open '{}'", missing.display());
    assert_eq!(
        (error.code(), error.to_string(), error.path()),
        ("FRAME_NOT_FOUND", message, missing.as_path())
    );

    let error = load_from(dir.path(), MappingPolicy::Never).expect_err("it is a directory");
    assert_eq!(error.code(), "FRAME_IS_DIRECTORY");
    assert_eq!(
        error.to_string(),
        "EISDIR: illegal operation on a directory, read"
    );

    let under = file.join("frame.jpg");
    let error = load_from(&under, MappingPolicy::Never).expect_err("a file holds no files");
    assert_eq!(
        error.code(),
        if cfg!(windows) {
            "FRAME_NOT_FOUND"
        } else {
            "FRAME_UNREADABLE"
        }
    );
    #[cfg(unix)]
    assert_eq!(
        error.to_string(),
        format!("ENOTDIR: not a directory, open '{}'", under.display())
    );

    let error = load_from(Path::new("/a\0b.jpg"), MappingPolicy::Never).expect_err("no path holds a NUL");
    assert_eq!(error.code(), "FRAME_UNREADABLE");
}

#[cfg(unix)]
#[test]
#[cfg_attr(miri, ignore = "Miri makes no pipes")]
fn words_faults_of_links_permissions_and_pipes() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = TestDir::new();
    let own = dir.path().join("loop.jpg");
    symlink(&own, &own).expect("the directory is writable");
    let error = load_from(&own, MappingPolicy::Never).expect_err("the link leads to itself");
    assert_eq!(error.code(), "FRAME_UNREADABLE");
    assert_eq!(
        error.to_string(),
        format!(
            "ELOOP: too many symbolic links encountered, open '{}'",
            own.display()
        )
    );

    // SAFETY: no preconditions. Permissions do not bind root.
    if unsafe { libc::geteuid() } != 0 {
        let path = dir.file("secret.jpg", b"x");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).expect("it is our file");
        let error = load_from(&path, MappingPolicy::Never).expect_err("it may not be read");
        assert_eq!(
            error.to_string(),
            format!("EACCES: permission denied, open '{}'", path.display())
        );
    }

    let pipe = dir.path().join("pipe.jpg");
    let name = std::ffi::CString::new(pipe.as_os_str().as_encoded_bytes()).expect("no NUL");
    // SAFETY: `name` is a C string.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    let error = load_from(&pipe, MappingPolicy::Never)
        .expect_err("a pipe is no frame, and nobody writes to this one");
    assert_eq!(error.code(), "FRAME_UNREADABLE");
}

#[test]
fn refuses_what_no_javascript_string_can_hold() {
    let largest = (FrameError::LONGEST_STRING - 23) / 4 * 3;
    let check = |size| FrameError::check_size(Path::new("/a.jpg"), MediaType::Jpeg, size);
    assert!(check(largest).is_ok());
    assert_eq!(
        check(largest + 1).expect_err("too large").code(),
        "FRAME_TOO_LARGE"
    );
    assert_eq!(check(u64::MAX).expect_err("too large").code(), "FRAME_TOO_LARGE");
    let dir = TestDir::published();
    let path = dir.file("huge.jpg", b"");
    // A hole: takes no space.
    OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(largest + 1))
        .expect("holes are possible");
    assert_eq!(
        load_from(&path, MappingPolicy::Published)
            .expect_err("too large")
            .code(),
        "FRAME_TOO_LARGE"
    );
}

/// A thread cuts and restores the frame while it is loaded: every load must end in bytes or in a fitting error.
fn survives_cuts(dir: &TestDir, mapping: MappingPolicy, source: Source) {
    const LOADS: usize = 10_000;
    let bytes = jpeg(2 << 20);
    let path = dir.file("frame.jpg", &bytes);
    let whole = expected("data:image/jpeg;base64,", &bytes).len();
    let stop = AtomicBool::new(false);
    let (mut given, mut changed) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let file = OpenOptions::new()
                .write(true)
                .open(&path)
                .expect("the frame is there");
            for step in (0..8_u64).cycle() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                file.set_len(step << 18)
                    .and_then(|()| file.set_len(2 << 20))
                    .expect("the frame can be cut");
                // Leave the loads some rest, so that both outcomes occur.
                if step == 0 {
                    std::thread::sleep(std::time::Duration::from_millis(2));
                }
            }
        });
        for _ in 0..LOADS {
            match load_from(&path, mapping) {
                Ok(loaded) => {
                    assert!(loaded.uri.as_bytes().is_ascii());
                    assert!(loaded.uri.as_bytes().len() <= whole);
                    if loaded.version.size() >= 2 << 20 {
                        assert_eq!(loaded.source, source);
                    }
                    given += 1;
                }
                Err(error) if error.code() == "FRAME_CHANGED" => changed += 1,
                Err(other) => panic!("{other}"),
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert_eq!(given + changed, LOADS);
    assert!(changed > 0, "the cuts were never met");
}

#[test]
#[cfg_attr(miri, ignore = "in Miri the cuts are too slow to meet a read")]
fn survives_cuts_while_reading() {
    survives_cuts(&TestDir::new(), MappingPolicy::Published, Source::Read);
}

#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(miri, ignore = "in Miri the cuts are too slow to meet a read")]
fn survives_cuts_while_mapped() {
    survives_cuts(&TestDir::published(), MappingPolicy::Published, Source::Mapped);
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn counts_the_live_bytes() {
    let status = in_child("frame::tests::counts_the_live_bytes", || {
        assert_eq!(live_bytes(), 0);
        let encode =
            |media_type, data: &[u8]| DataUri::try_encode(media_type, data).expect("there is memory");
        let first = encode(MediaType::Png, b"abc");
        let second = encode(MediaType::Jpeg, b"abcdef");
        assert_eq!(live_bytes(), (22 + 4) + (23 + 8));
        drop(first);
        assert_eq!(live_bytes(), 23 + 8);
        drop(second);
        drop(DataUriWriter::try_new(MediaType::Png, 100).expect("there is memory"));
        assert_eq!(live_bytes(), 0);
        let dir = TestDir::published();
        for len in [100, 2 << 20] {
            let path = dir.file("frame.jpg", &jpeg(len));
            drop(load_from(&path, MappingPolicy::Published));
        }
        assert_eq!(live_bytes(), 0);
    });
    assert!(status.is_none_or(|status| status.success()));
}

/// In a process with room for what it has and a little more.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_frame_there_is_no_memory_for_is_an_error() {
    let status = in_child("frame::tests::a_frame_there_is_no_memory_for_is_an_error", || {
        let dir = TestDir::published();
        let large = dir.file("large.jpg", &jpeg(64 << 20));
        let small = dir.file("small.jpg", &jpeg(1000));
        // The buffers of reading, and the threads' own, are there before.
        load_from(&small, MappingPolicy::Published).expect("a frame");
        limit_memory(8 << 20);
        for mapping in [MappingPolicy::Published, MappingPolicy::Never] {
            let error = load_from(&large, mapping).expect_err("there is no memory");
            assert_eq!(
                (error.code(), &*error.to_string()),
                ("FRAME_UNREADABLE", "ENOMEM: not enough memory, read")
            );
            assert!(error.advice().contains("memory"), "{}", error.advice());
        }
        load_from(&small, MappingPolicy::Published).expect("a frame");
    });
    assert!(status.is_none_or(|status| status.success()));
}

/// Two reasons why not: the system refuses, and the guard has no slot left.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_frame_that_cannot_be_mapped_is_read() {
    let status = in_child("frame::tests::a_frame_that_cannot_be_mapped_is_read", || {
        let dir = TestDir::published();
        let bytes = jpeg(3 << 20);
        let path = dir.file("frame.jpg", &bytes);
        // A file opened for writing only may not be mapped for reading: EACCES.
        let file = OpenOptions::new().write(true).open(&path).expect("it is there");
        // SAFETY: nobody writes to the file.
        assert!(unsafe { map_frame(&file, bytes.len(), MediaType::Jpeg) }.is_none());

        // SAFETY: the default action, as in Node; Rust's own start-up code has put a handler there.
        unsafe { libc::signal(libc::SIGBUS, libc::SIG_DFL) };
        let load = || load_from(&path, MappingPolicy::Published).expect("a frame");
        assert_eq!(load().source, Source::Mapped);
        let watches: Vec<Watch> = std::iter::from_fn(|| Watch::over(bytes.as_ptr(), bytes.len())).collect();
        let read = load();
        assert_eq!(read.source, Source::Read);
        assert!(read.uri.as_bytes() == expected("data:image/jpeg;base64,", &bytes));
        drop(watches);
        assert_eq!(load().source, Source::Mapped);
    });
    assert!(status.is_none_or(|status| status.success()));
}
