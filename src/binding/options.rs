//! The options as JavaScript gives them.

use napi::{Error, Result};
use napi_derive::napi;

use crate::cache::CacheOptions;
use crate::frame::MappingPolicy;

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
