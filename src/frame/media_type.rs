//! The media type of a data URI.

use std::path::Path;

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

    /// What a data URI of this type begins with, comma included.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Png => "data:image/png;base64,",
            Self::Jpeg => "data:image/jpeg;base64,",
        }
    }
}
