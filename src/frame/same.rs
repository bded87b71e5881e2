//! Whether two frame files hold the same picture, byte for byte.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::open;

/// Bytes that are compared in one go.
const CHUNK: usize = 128 * 1024;

/// Whether the files at both paths hold the same bytes: by their sizes, then by their place on the disk (links of one file), and
/// then by the bytes themselves, up to the first that differs.
///
/// # Errors
/// What opening or reading either file comes to.
pub fn same_bytes(one: &Path, other: &Path) -> io::Result<bool> {
    let mut one = open(one)?;
    let mut other = open(other)?;
    let (of_one, of_other) = (one.metadata()?, other.metadata()?);
    if !of_one.is_file() || !of_other.is_file() || of_one.len() != of_other.len() {
        return Ok(false);
    }
    Ok(is_same_place(&of_one, &of_other) || read_the_same(&mut one, &mut other)?)
}

#[cfg(unix)]
fn is_same_place(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same_place(_: &Metadata, _: &Metadata) -> bool {
    false
}

fn read_the_same(one: &mut File, other: &mut File) -> io::Result<bool> {
    let mut chunks = [vec![0; CHUNK], vec![0; CHUNK]];
    loop {
        let [first, second] = &mut chunks;
        let length = fill(one, first)?;
        if length != fill(other, second)? || first[..length] != second[..length] {
            return Ok(false);
        }
        if length < CHUNK {
            return Ok(true);
        }
    }
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(all(test, not(feature = "model")))]
mod tests {
    use super::{CHUNK, same_bytes};
    use crate::testing::TestDir;

    #[test]
    fn copies_are_the_same_at_any_length() {
        let folder = TestDir::new();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let bytes: Vec<u8> = (0..length)
                .map(|n| u8::try_from(n % 251).expect("a byte"))
                .collect();
            let one = folder.file("one", &bytes);
            let other = folder.file("other", &bytes);
            assert!(same_bytes(&one, &other).expect("readable"), "{length}");
        }
    }

    #[test]
    fn one_byte_or_the_length_tells_files_apart() {
        let folder = TestDir::new();
        let bytes = vec![7; 2 * CHUNK + 5];
        let one = folder.file("one", &bytes);
        for at in [0, CHUNK - 1, CHUNK, 2 * CHUNK + 4] {
            let mut others = bytes.clone();
            others[at] = 8;
            let other = folder.file("other", &others);
            assert!(!same_bytes(&one, &other).expect("readable"), "{at}");
        }
        let longer = folder.file("longer", &[bytes.clone(), vec![7]].concat());
        assert!(!same_bytes(&one, &longer).expect("readable"));
    }

    #[cfg(unix)]
    #[test]
    fn links_of_one_file_are_the_same() {
        let folder = TestDir::new();
        let one = folder.file("one", b"frame");
        let soft = folder.path().join("soft");
        let hard = folder.path().join("hard");
        std::os::unix::fs::symlink(&one, &soft).expect("a link");
        std::fs::hard_link(&one, &hard).expect("a link");
        assert!(same_bytes(&soft, &hard).expect("readable"));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error_and_a_folder_is_like_nothing() {
        let folder = TestDir::new();
        let one = folder.file("one", b"");
        assert!(same_bytes(&one, &folder.path().join("gone")).is_err());
        #[cfg(unix)]
        assert!(!same_bytes(folder.path(), folder.path()).expect("a folder opens"));
    }
}
