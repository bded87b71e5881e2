//! What is known of a frame, for JavaScript.

use napi_derive::napi;

use crate::frame;

/// What is known of a frame file without decoding it.
#[napi(object, object_from_js = false)]
pub(super) struct FrameInfo {
    /// Bytes of the file.
    pub size: f64,
    /// Time of its last change in milliseconds since 1970, as Node's `stat` gives it.
    pub mtime_ms: f64,
    /// Time at which its content, name or rights last changed, likewise; 0 where the system does not tell (Windows).
    pub ctime_ms: f64,
    /// Width in pixels; 0 if the first bytes do not tell.
    pub width: u32,
    /// Height in pixels; 0 if the first bytes do not tell.
    pub height: u32,
    /// Whether it is a JPEG of which both sides are whole MCUs: Chrome may decode such a frame at a smaller scale.
    pub whole_mcus: bool,
}

impl From<frame::FrameInfo> for FrameInfo {
    #[expect(clippy::cast_precision_loss, reason = "no file has 2^53 bytes")]
    fn from(info: frame::FrameInfo) -> Self {
        Self {
            size: info.size as f64,
            mtime_ms: info.modified_ms,
            ctime_ms: info.changed_ms,
            width: info.dimensions.width,
            height: info.dimensions.height,
            whole_mcus: info.dimensions.whole_mcus,
        }
    }
}
