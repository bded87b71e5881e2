//! Why a frame could not be given.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::{Defect, MediaType};

/// A frame that could not be given: its path and the reason. `Display` gives the message for people; [`FrameError::code`] is stable and
/// meant for programs.
///
/// Faults of the file system begin with the words Node itself would use.
#[derive(Clone, Debug)]
pub struct FrameError {
    path: PathBuf,
    reason: Reason,
}

#[derive(Clone, Debug)]
enum Reason {
    NotFound(IoFault),
    /// `call` is the failed call's name, `open` or `read`.
    Unreadable {
        fault: IoFault,
        call: &'static str,
    },
    /// A pipe or a device.
    NotAFile,
    IsDirectory,
    /// Strict mode only.
    Defect(Defect),
    /// The file changed while it was being read.
    Changed,
    /// The data URI would be longer than V8's longest string.
    TooLarge {
        size: u64,
    },
    /// A fault of this library: a panic, or no thread could be started.
    Internal(String),
}

impl FrameError {
    /// The longest string V8 can hold on 64-bit systems, in characters.
    ///
    /// Source: `String::kMaxLength` in V8's `include/v8-primitive.h`.
    pub const LONGEST_STRING: u64 = (1 << 29) - 24;

    /// Advice about a fault of this library, for a frame or none.
    pub(crate) const INTERNAL_ADVICE: &'static str =
        "This is a bug or an exhausted system; please report it with the message.";

    fn new(path: &Path, reason: Reason) -> Self {
        let path = path.to_owned();
        Self { path, reason }
    }

    pub(crate) fn io(path: &Path, error: &io::Error, call: &'static str) -> Self {
        let fault = IoFault::from(error);
        let reason = match fault.name() {
            "ENOENT" => Reason::NotFound(fault),
            "EISDIR" => Reason::IsDirectory,
            _ => Reason::Unreadable { fault, call },
        };
        Self::new(path, reason)
    }

    pub(crate) fn not_a_file(path: &Path) -> Self {
        Self::new(path, Reason::NotAFile)
    }

    pub(crate) fn is_directory(path: &Path) -> Self {
        Self::new(path, Reason::IsDirectory)
    }

    pub(crate) fn defect(path: &Path, defect: Defect) -> Self {
        Self::new(path, Reason::Defect(defect))
    }

    pub(crate) fn changed(path: &Path) -> Self {
        Self::new(path, Reason::Changed)
    }

    pub(crate) fn too_large(path: &Path, size: u64) -> Self {
        Self::new(path, Reason::TooLarge { size })
    }

    pub(crate) fn internal(path: &Path, what: impl Into<String>) -> Self {
        Self::new(path, Reason::Internal(what.into()))
    }

    /// A call that ended without an outcome, by a panic for example.
    pub(crate) fn unanswered(path: &Path) -> Self {
        Self::internal(path, "the call was dropped without an answer")
    }

    /// An error if V8 could not hold the data URI for a file of `size` bytes.
    pub(crate) fn check_size(path: &Path, media_type: MediaType, size: u64) -> Result<(), Self> {
        let encoded = size.div_ceil(3).checked_mul(4);
        match encoded.and_then(|len| len.checked_add(media_type.prefix().len() as u64)) {
            Some(len) if len <= Self::LONGEST_STRING => Ok(()),
            _ => Err(Self::too_large(path, size)),
        }
    }

    /// A stable name for the kind of error, such as `FRAME_NOT_FOUND`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.reason {
            Reason::NotFound(_) => "FRAME_NOT_FOUND",
            Reason::Unreadable { .. } | Reason::NotAFile => "FRAME_UNREADABLE",
            Reason::IsDirectory => "FRAME_IS_DIRECTORY",
            Reason::Defect(Defect::Empty) => "FRAME_EMPTY",
            Reason::Defect(Defect::NotAnImage) => "FRAME_NOT_AN_IMAGE",
            Reason::Defect(Defect::CutShort(_)) => "FRAME_CUT_SHORT",
            Reason::Changed => "FRAME_CHANGED",
            Reason::TooLarge { .. } => "FRAME_TOO_LARGE",
            Reason::Internal(_) => "INTERNAL",
        }
    }

    /// Advice for the user, one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match &self.reason {
            Reason::NotFound(_) => {
                "Check that frame extraction has finished and that no clean-up removed the frames while they were in use."
            }
            Reason::Unreadable { fault, .. } => match fault.name() {
                "EMFILE" | "ENFILE" => {
                    "Raise the limit of open files (`ulimit -n`), or render fewer things at a time."
                }
                "ENOMEM" => "Give the process more memory, or let it hold fewer frames at a time.",
                _ => {
                    "Check the permissions of the file and of every directory above it, and the health of the disk."
                }
            },
            Reason::NotAFile => "Give the path of a regular file; pipes and devices cannot be frames.",
            Reason::IsDirectory => "Give the path of one frame, not of the directory that holds the frames.",
            Reason::Defect(Defect::Empty | Defect::CutShort(_)) => {
                "Extract the frames again: the writer was stopped early or the disk was full."
            }
            Reason::Defect(Defect::NotAnImage) => "Give a png or jpeg file, or extract the frames again.",
            Reason::Changed => "Do not write to frames in use: write elsewhere and rename when complete.",
            Reason::TooLarge { .. } => {
                "Extract the frames as jpeg or at a smaller size; a frame may have about 400 MB."
            }
            Reason::Internal(_) => Self::INTERNAL_ADVICE,
        }
    }

    /// The path that was asked for.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// This error about another name of the file: two symbolic links may have waited for one load.
    #[must_use]
    pub fn with_path(mut self, asked: &Path) -> Self {
        asked.clone_into(&mut self.path);
        self
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            Reason::NotFound(fault) => write!(f, "{fault}, open"),
            // Node names the path after `open` alone.
            Reason::Unreadable { fault, call: "read" } => return write!(f, "{fault}, read"),
            Reason::Unreadable { fault, call } => write!(f, "{fault}, {call}"),
            Reason::NotAFile => write!(f, "not a regular file, open"),
            Reason::IsDirectory => return write!(f, "EISDIR: illegal operation on a directory, read"),
            Reason::Defect(Defect::Empty) => write!(f, "the frame is empty,"),
            Reason::Defect(Defect::NotAnImage) => write!(f, "the frame is neither a png nor a jpeg,"),
            Reason::Defect(Defect::CutShort(format)) => write!(f, "the {format} ends before its end marker,"),
            Reason::Changed => write!(f, "the frame changed while it was being read,"),
            Reason::TooLarge { size } => write!(
                f,
                "the frame has {size} bytes, its data URI would not fit a JavaScript string,"
            ),
            Reason::Internal(what) => write!(f, "internal error: {what},"),
        }?;
        write!(f, " '{}'", self.path.display())
    }
}

impl Error for FrameError {}

/// A failed system call under libuv's name and text, so that `Display` gives the start of Node's own message:
/// `ENOENT: no such file or directory`. Hosts match on those words.
///
/// Source: `UV_ERRNO_MAP` in libuv's `include/uv.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct IoFault {
    name: &'static str,
    text: &'static str,
}

impl IoFault {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }

    /// The name libuv gives the fault, such as `EACCES`.
    const fn name(&self) -> &'static str {
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
