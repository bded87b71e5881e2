//! What went wrong in a system call, in the words Node uses.

use std::fmt;
use std::io;

/// A failed system call under libuv's name and text, so that `Display` gives the start of Node's own message:
/// `ENOENT: no such file or directory`. Hosts match on those words.
///
/// Source: `UV_ERRNO_MAP` in libuv's `include/uv.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoFault {
    name: &'static str,
    text: &'static str,
}

impl IoFault {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// The name libuv gives the fault, such as `EACCES`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    #[cfg(unix)]
    fn by_number(number: i32) -> Option<Self> {
        Some(match number {
            libc::EACCES => Self::new("EACCES", "permission denied"),
            libc::EBADF => Self::new("EBADF", "bad file descriptor"),
            libc::EBUSY => Self::new("EBUSY", "resource busy or locked"),
            libc::EINVAL => Self::new("EINVAL", "invalid argument"),
            libc::EIO => Self::new("EIO", "i/o error"),
            libc::EISDIR => Self::new("EISDIR", "illegal operation on a directory"),
            libc::ELOOP => Self::new("ELOOP", "too many symbolic links encountered"),
            libc::EMFILE => Self::new("EMFILE", "too many open files"),
            libc::ENAMETOOLONG => Self::new("ENAMETOOLONG", "name too long"),
            libc::ENFILE => Self::new("ENFILE", "file table overflow"),
            libc::ENODEV => Self::new("ENODEV", "no such device"),
            libc::ENOENT => Self::new("ENOENT", "no such file or directory"),
            libc::ENOMEM => Self::new("ENOMEM", "not enough memory"),
            libc::ENOTDIR => Self::new("ENOTDIR", "not a directory"),
            libc::ENXIO => Self::new("ENXIO", "no such device or address"),
            libc::EPERM => Self::new("EPERM", "operation not permitted"),
            libc::ESTALE => Self::new("ESTALE", "stale file handle"),
            libc::ETIMEDOUT => Self::new("ETIMEDOUT", "connection timed out"),
            _ => return None,
        })
    }

    #[cfg(not(unix))]
    fn by_number(_number: i32) -> Option<Self> {
        None
    }
}

impl From<&io::Error> for IoFault {
    fn from(error: &io::Error) -> Self {
        if let Some(fault) = error.raw_os_error().and_then(Self::by_number) {
            return fault;
        }
        match error.kind() {
            io::ErrorKind::NotFound => Self::new("ENOENT", "no such file or directory"),
            io::ErrorKind::PermissionDenied => Self::new("EACCES", "permission denied"),
            io::ErrorKind::IsADirectory => Self::new("EISDIR", "illegal operation on a directory"),
            io::ErrorKind::NotADirectory => Self::new("ENOTDIR", "not a directory"),
            // std refuses a path with a NUL in it before any system call.
            io::ErrorKind::InvalidInput => Self::new("EINVAL", "invalid argument"),
            io::ErrorKind::OutOfMemory => Self::new("ENOMEM", "not enough memory"),
            io::ErrorKind::ResourceBusy => Self::new("EBUSY", "resource busy or locked"),
            _ => Self::new("UNKNOWN", "unknown error"),
        }
    }
}

impl fmt::Display for IoFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.text)
    }
}
