//! Why a frame could not be given.

use std::path::{Path, PathBuf};

use super::{FrameDoubt, ImageFormat, IoFault, MediaType};

/// A frame that could not be given. The message is `Display`, [`FrameError::code`] and [`FrameError::advice`] are
/// stable and meant for programs and people respectively.
///
/// Faults of the file system begin with the words Node itself would use.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// There is no file of that name.
    #[error("{fault}, open '{}'", path.display())]
    NotFound {
        /// The path that was asked for.
        path: PathBuf,
        /// The failed system call.
        fault: IoFault,
    },
    /// The file system refused to open or read the file.
    #[error("{fault}, {call}{}", .path.quoted_for(call))]
    Unreadable {
        /// The path that was asked for.
        path: PathBuf,
        /// The failed system call.
        fault: IoFault,
        /// The name of the call, `open` or `read`. Node names the path after `open` alone.
        call: &'static str,
    },
    /// The path is neither a file nor a directory, for example a pipe.
    #[error("not a regular file, open '{}'", path.display())]
    NotAFile {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The path is a directory.
    #[error("EISDIR: illegal operation on a directory, read")]
    IsDirectory {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The file has no bytes (strict mode only).
    #[error("the frame is empty, '{}'", path.display())]
    Empty {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The file is neither a png nor a jpeg (strict mode only).
    #[error("the frame is neither a png nor a jpeg, '{}'", path.display())]
    NotAnImage {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The end of the image is missing (strict mode only).
    #[error("the {format} ends before its end marker, '{}'", path.display())]
    CutShort {
        /// The path that was asked for.
        path: PathBuf,
        /// What the file begins like.
        format: ImageFormat,
    },
    /// The file changed while it was being read.
    #[error("the frame changed while it was being read, '{}'", path.display())]
    Changed {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The data URI would be longer than V8's longest string.
    #[error("the frame has {size} bytes, its data URI would not fit a JavaScript string, '{}'", path.display())]
    TooLarge {
        /// The path that was asked for.
        path: PathBuf,
        /// The size of the file in bytes.
        size: u64,
    },
    /// A fault of this library: a panic, or no thread could be started.
    #[error("internal error: {reason}, '{}'", path.display())]
    Internal {
        /// The path that was asked for.
        path: PathBuf,
        /// What happened.
        reason: String,
    },
}

/// How Node ends the message of a failed call.
trait QuotedFor {
    fn quoted_for(&self, call: &str) -> String;
}

impl QuotedFor for PathBuf {
    fn quoted_for(&self, call: &str) -> String {
        if call == "open" {
            format!(" '{}'", self.display())
        } else {
            String::new()
        }
    }
}

impl FrameError {
    /// The longest string V8 can hold on 64-bit systems, in characters.
    ///
    /// Source: `String::kMaxLength` in V8's `include/v8-primitive.h`.
    pub const LONGEST_STRING: u64 = (1 << 29) - 24;

    pub(crate) fn io(path: &Path, error: &std::io::Error, call: &'static str) -> Self {
        let path = path.to_owned();
        let fault = IoFault::from(error);
        match fault.name() {
            "ENOENT" => Self::NotFound { path, fault },
            "EISDIR" => Self::IsDirectory { path },
            _ => Self::Unreadable { path, fault, call },
        }
    }

    pub(crate) fn doubt(path: &Path, doubt: FrameDoubt) -> Self {
        let path = path.to_owned();
        match doubt {
            FrameDoubt::Empty => Self::Empty { path },
            FrameDoubt::NotAnImage => Self::NotAnImage { path },
            FrameDoubt::CutShort(format) => Self::CutShort { path, format },
        }
    }

    pub(crate) fn internal(path: &Path, reason: impl Into<String>) -> Self {
        Self::Internal {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// The size in bytes of the data URI for a file of `size` bytes, unless V8 could not hold it.
    pub(crate) fn check_size(path: &Path, media_type: MediaType, size: u64) -> Result<(), Self> {
        let encoded = size.div_ceil(3).checked_mul(4);
        match encoded.and_then(|len| len.checked_add(media_type.prefix().len() as u64)) {
            Some(len) if len <= Self::LONGEST_STRING => Ok(()),
            _ => Err(Self::TooLarge {
                path: path.to_owned(),
                size,
            }),
        }
    }

    /// What to do about a fault of ours, whether or not a frame is to blame for it.
    pub(crate) const INTERNAL_ADVICE: &'static str =
        "This is a bug or an exhausted system; please report it with the message.";

    /// A stable name for the kind of error, such as `FRAME_NOT_FOUND`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "FRAME_NOT_FOUND",
            Self::Unreadable { .. } | Self::NotAFile { .. } => "FRAME_UNREADABLE",
            Self::IsDirectory { .. } => "FRAME_IS_DIRECTORY",
            Self::Empty { .. } => "FRAME_EMPTY",
            Self::NotAnImage { .. } => "FRAME_NOT_AN_IMAGE",
            Self::CutShort { .. } => "FRAME_CUT_SHORT",
            Self::Changed { .. } => "FRAME_CHANGED",
            Self::TooLarge { .. } => "FRAME_TOO_LARGE",
            Self::Internal { .. } => "INTERNAL",
        }
    }

    /// What to do about it, one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => {
                "Check that frame extraction has finished and that no clean-up removed the frames while they were in use."
            }
            Self::Unreadable { fault, .. } if matches!(fault.name(), "EMFILE" | "ENFILE") => {
                "Raise the limit of open files (`ulimit -n`), or render fewer things at a time."
            }
            Self::Unreadable { fault, .. } if fault.name() == "ENOMEM" => {
                "Give the process more memory, or let it hold fewer frames at a time."
            }
            Self::Unreadable { .. } => {
                "Check the permissions of the file and of every directory above it, and the health of the disk."
            }
            Self::NotAFile { .. } => "Give the path of a regular file; pipes and devices cannot be frames.",
            Self::IsDirectory { .. } => {
                "Give the path of one frame, not of the directory that holds the frames."
            }
            Self::Empty { .. } | Self::CutShort { .. } => {
                "Extract the frames again: the writer was stopped early or the disk was full."
            }
            Self::NotAnImage { .. } => "Give a png or jpeg file, or extract the frames again.",
            Self::Changed { .. } => {
                "Do not write to frames in use: write elsewhere and rename when complete."
            }
            Self::TooLarge { .. } => {
                "Extract the frames as jpeg or at a smaller size; a frame may have about 400 MB."
            }
            Self::Internal { .. } => Self::INTERNAL_ADVICE,
        }
    }

    /// The path that was asked for.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound { path, .. }
            | Self::Unreadable { path, .. }
            | Self::NotAFile { path }
            | Self::IsDirectory { path }
            | Self::Empty { path }
            | Self::NotAnImage { path }
            | Self::CutShort { path, .. }
            | Self::Changed { path }
            | Self::TooLarge { path, .. }
            | Self::Internal { path, .. } => path,
        }
    }

    /// The same error about another name of the same file: two symbolic links may have waited for one load.
    #[must_use]
    pub fn with_path(mut self, asked: &Path) -> Self {
        match &mut self {
            Self::NotFound { path, .. }
            | Self::Unreadable { path, .. }
            | Self::NotAFile { path }
            | Self::IsDirectory { path }
            | Self::Empty { path }
            | Self::NotAnImage { path }
            | Self::CutShort { path, .. }
            | Self::Changed { path }
            | Self::TooLarge { path, .. }
            | Self::Internal { path, .. } => asked.clone_into(path),
        }
        self
    }
}
