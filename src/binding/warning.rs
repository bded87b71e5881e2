//! A doubt as JavaScript gets it.

use napi_derive::napi;

use crate::frame::FrameError;

/// A frame that was passed on although its bytes are not one whole image.
#[napi(object, object_from_js = false)]
pub struct FrameWarning {
    /// `FRAME_EMPTY`, `FRAME_NOT_AN_IMAGE` or `FRAME_CUT_SHORT`.
    pub code: String,
    /// The path that was asked for.
    pub path: String,
    /// What is wrong, with the path.
    pub message: String,
    /// What to do about it, one sentence.
    pub advice: String,
}

impl From<&FrameError> for FrameWarning {
    fn from(error: &FrameError) -> Self {
        Self {
            code: error.code().to_owned(),
            path: error.path().to_string_lossy().into_owned(),
            message: error.to_string(),
            advice: error.advice().to_owned(),
        }
    }
}
