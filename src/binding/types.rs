//! Options as JavaScript gives them, and records as it gets them.

use napi::{Error, Result};
use napi_derive::napi;

use crate::cache::{CacheOptions, CacheStats};
use crate::frame::{self, FrameError, MappingPolicy};
use crate::server::ServerStats;

/// Options of a `FrameCache`. Caches with equal options share their frames, across worker threads too.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct FrameCacheOptions {
    /// How many frames are kept at most. A positive integer; 256 if not given.
    pub entry_limit: Option<f64>,
    /// How many bytes the data URIs kept may have together, each counted in full. A positive integer; 1572864000 (1500
    /// MiB) if not given. A frame larger than that by itself is given but not kept.
    pub bytes_limit: Option<f64>,
    /// Whether a file that is empty, neither a png nor a jpeg, or cut short is an error. `false` if not given: its bytes
    /// are passed on as they are, with a warning for `takeWarnings()`.
    pub strict: Option<bool>,
    /// When a frame is mapped into memory instead of read. `"published"`: on Linux, from 2 MiB on, where the directory
    /// that really holds it (symbolic links resolved) has a file `.hf-complete`, which promises that its frames never change. `"never"`: never.
    /// `"published"` if not given.
    #[napi(ts_type = "\"never\" | \"published\"")]
    pub mapping: Option<String>,
}

impl FrameCacheOptions {
    /// # Errors
    /// With the code `INVALID_OPTION`, naming the option and the value.
    pub(super) fn validated(self) -> Result<CacheOptions, String> {
        let defaults = CacheOptions::default();
        Ok(CacheOptions {
            entry_limit: positive_integer("entryLimit", self.entry_limit, defaults.entry_limit)?,
            bytes_limit: positive_integer("bytesLimit", self.bytes_limit, defaults.bytes_limit)?,
            strict: self.strict.unwrap_or(defaults.strict),
            mapping: match self.mapping.as_deref() {
                None => defaults.mapping,
                Some("never") => MappingPolicy::Never,
                Some("published") => MappingPolicy::Published,
                Some(other) => {
                    return Err(invalid(format!(
                        "mapping must be \"never\" or \"published\", not {other:?}"
                    )));
                }
            },
        })
    }
}

fn positive_integer(name: &str, value: Option<f64>, default: usize) -> Result<usize, String> {
    /// `Number.MAX_SAFE_INTEGER`.
    const MOST: f64 = 9_007_199_254_740_991.0;
    match value {
        None => Ok(default),
        Some(number) if (1.0..=MOST).contains(&number) && number.fract() == 0.0 => {
            // Where `usize` is smaller than the number, the cast gives the largest `usize`, which is as good as no bound.
            Ok(number as usize)
        }
        Some(other) => Err(invalid(format!("{name} must be a positive integer, not {other}"))),
    }
}

fn invalid(message: String) -> Error<String> {
    Error::new("INVALID_OPTION".to_owned(), message)
}

/// Facts about a frame file, without decoding it.
#[napi(object, object_from_js = false)]
pub(super) struct FrameInfo {
    /// Bytes of the file.
    pub size: f64,
    /// Time of its last change in milliseconds since 1970, as Node's `stat` gives it.
    pub mtime_ms: f64,
    /// Time at which its content, name or rights last changed, in milliseconds since 1970, too; 0 where the system does not say (Windows).
    pub ctime_ms: f64,
    /// Width in pixels; 0 if the first bytes do not tell, or the end of the image is missing.
    pub width: u32,
    /// Height in pixels; 0 likewise.
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

/// Figures of a `FrameCache`, together with all caches of equal options, which share their frames.
#[napi(object, object_from_js = false)]
pub struct FrameCacheStats {
    /// Frames kept now.
    pub entries: f64,
    /// Bytes of the data URIs kept now.
    pub bytes: f64,
    /// Frames dropped to stay within the bounds.
    pub evictions: f64,
    /// Frames given out but not kept, being larger than `bytesLimit` by themselves.
    pub oversized_rejections: f64,
    /// Gets answered without a load of their own: from a kept frame, or from a load already under way.
    pub hits: f64,
    /// Gets that loaded, whether the load succeeded or not. A get that finds no regular file is in neither count.
    pub misses: f64,
    /// Frames whose bytes were mapped.
    pub mapped: f64,
    /// Frames whose bytes were read.
    pub read: f64,
    /// Bytes of all data URIs alive in the whole process: kept by any cache, or held by a JavaScript string that the garbage
    /// collector has not taken back yet.
    pub live_bytes: f64,
}

impl From<CacheStats> for FrameCacheStats {
    fn from(stats: CacheStats) -> Self {
        Self {
            entries: stats.entries as f64,
            bytes: stats.bytes as f64,
            evictions: stats.evictions as f64,
            oversized_rejections: stats.oversized_rejections as f64,
            hits: stats.hits as f64,
            misses: stats.misses as f64,
            mapped: stats.mapped as f64,
            read: stats.read as f64,
            live_bytes: stats.live_bytes as f64,
        }
    }
}

/// A frame that was passed on although its bytes are not one whole image.
#[napi(object, object_from_js = false)]
pub struct FrameWarning {
    /// `FRAME_EMPTY`, `FRAME_NOT_AN_IMAGE` or `FRAME_CUT_SHORT`.
    pub code: String,
    /// The path that was asked for.
    pub path: String,
    /// The defect in words, with the path.
    pub message: String,
    /// Advice for the user, one sentence.
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

/// Figures of the process's server since the process began, for all `FrameServer`s together.
#[napi(object, object_from_js = false)]
pub struct FrameServerStats {
    /// Requests whose head was read, whatever the answer.
    pub requests: f64,
    /// Frames sent to their last byte.
    pub served_frames: f64,
    /// Bytes of frames handed to connections.
    pub bytes: f64,
    /// Requests answered with a status of 400 and above, and connections that were refused for their number.
    pub refused: f64,
    /// Connections open now.
    pub active_connections: f64,
    /// Files registered now; 0 if this `FrameServer` is closed or never registered any.
    pub registered: f64,
}

impl From<ServerStats> for FrameServerStats {
    fn from(stats: ServerStats) -> Self {
        Self {
            requests: stats.requests as f64,
            served_frames: stats.frames as f64,
            bytes: stats.bytes as f64,
            refused: stats.refused as f64,
            active_connections: stats.connections as f64,
            registered: stats.registered as f64,
        }
    }
}
