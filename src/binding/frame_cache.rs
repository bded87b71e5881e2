//! The cache for JavaScript.

use std::ffi::OsString;
use std::path::PathBuf;

use napi::bindgen_prelude::{Object, Uint8Array};
use napi::{Env, Result};
use napi_derive::napi;

use super::boundary::{self, Finalized};
use super::types::{FrameCacheOptions, FrameCacheStats, FrameInfo, FrameWarning};
use super::values::{List, SharedString, report_memory};
use crate::cache::FrameCache;
use crate::frame::{self, ImageFormat};

/// Turns image files into base64 data URIs and keeps the most recently used.
///
/// Making one starts no thread and reads nothing. There is nothing to close: the frames go with the last cache of
/// equal options, and neither a cache nor its threads keep a process alive; a pending `get` does, until it settles.
#[napi(js_name = "FrameCache")]
pub struct JsFrameCache {
    cache: Finalized<FrameCache>,
}

#[napi]
impl JsFrameCache {
    /// Throws an `Error` with the code `INVALID_OPTION` if an option is out of its range.
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Option<FrameCacheOptions>) -> Result<Self, String> {
        boundary::call("FrameCache.constructor", || {
            let options = options.unwrap_or_default().validated()?;
            Ok(Self {
                cache: Finalized::new("FrameCache is collected", FrameCache::new(options)),
            })
        })
    }

    /// The frame at `path` as `data:image/png;base64,...` if `path` ends in `.png`, and as `data:image/jpeg;base64,...`
    /// otherwise, whatever its bytes. Files are read and encoded on threads of their own. A file that was replaced
    /// since it was kept is read again; gets of one file at one time read it once.
    ///
    /// Rejects with an `Error` named `FrameError` with the properties `code`, `path` and `advice`. Its code is
    /// `FRAME_NOT_FOUND`, `FRAME_UNREADABLE`, `FRAME_IS_DIRECTORY` (these begin with the words of Node's own
    /// messages), `FRAME_CHANGED` (while it was being read), `FRAME_TOO_LARGE` (for a JavaScript string), `INTERNAL`, or, if
    /// `strict`, `FRAME_EMPTY`, `FRAME_NOT_AN_IMAGE` or `FRAME_CUT_SHORT`.
    #[napi(
        catch_unwind,
        ts_args_type = "path: string",
        ts_return_type = "Promise<string>"
    )]
    pub fn get<'env>(&self, env: &'env Env, path: OsString) -> Result<Object<'env>, String> {
        boundary::promise(
            env,
            ["FrameCache.get", "FrameCache.get settles"],
            |callback| self.cache.get(PathBuf::from(path), callback),
            |env, frame| {
                report_memory(env)?;
                Ok(SharedString(frame.uri))
            },
        )
    }

    /// Size, times and dimensions of the files at `paths` without decoding them, in their order. They are looked at on threads of
    /// their own, and the system is asked to have their bytes ready.
    ///
    /// Rejects as `get` does, with the error of the first file that has one. What `strict` makes an error is a warning
    /// for `takeWarnings()` otherwise.
    #[napi(
        catch_unwind,
        ts_args_type = "paths: Array<string>",
        ts_return_type = "Promise<Array<FrameInfo>>"
    )]
    pub fn inspect<'env>(&self, env: &'env Env, paths: List<OsString>) -> Result<Object<'env>, String> {
        boundary::promise(
            env,
            ["FrameCache.inspect", "FrameCache.inspect settles"],
            |callback| {
                let paths = paths.0.into_iter().map(PathBuf::from).collect();
                self.cache.inspect(paths, callback);
            },
            |_, infos| Ok(infos.into_iter().map(FrameInfo::from).collect::<Vec<_>>()),
        )
    }

    /// Whether each file of `paths` holds the same bytes as the one at its place in `others`, in order; one that cannot be read does
    /// not. Files of one size are compared byte by byte, on threads of their own, up to the first that differs.
    #[napi(
        catch_unwind,
        ts_args_type = "paths: Array<string>, others: Array<string>",
        ts_return_type = "Promise<Array<boolean>>"
    )]
    pub fn same_bytes<'env>(
        &self,
        env: &'env Env,
        paths: List<OsString>,
        others: List<OsString>,
    ) -> Result<Object<'env>, String> {
        boundary::promise(
            env,
            ["FrameCache.sameBytes", "FrameCache.sameBytes settles"],
            |callback| {
                let [paths, others] = [paths, others].map(|list| list.0.into_iter().map(PathBuf::from));
                FrameCache::same_bytes(paths.zip(others).collect(), callback);
            },
            |_, same| Ok(same),
        )
    }

    /// Whether an image is a JPEG of which both sides are whole MCUs, by its first bytes: Chrome may decode it at a smaller
    /// scale.
    #[napi(catch_unwind)]
    pub fn has_whole_mcus(head: Uint8Array) -> Result<bool, String> {
        boundary::call("FrameCache.hasWholeMcus", || {
            Ok(frame::dimensions(ImageFormat::Jpeg, &head).is_some_and(|size| size.whole_mcus))
        })
    }

    /// Figures of the cache.
    #[napi(catch_unwind)]
    pub fn stats(&self, env: &Env) -> Result<FrameCacheStats, String> {
        boundary::call("FrameCache.stats", || {
            report_memory(env).map_err(boundary::of_napi)?;
            Ok(self.cache.stats().into())
        })
    }

    /// The frames this cache passed on although they are empty, no image or cut short, since the last call, oldest
    /// first. Each path is reported once, and at most 256 of them. In strict mode these are errors instead.
    #[napi(catch_unwind)]
    pub fn take_warnings(&self) -> Result<Vec<FrameWarning>, String> {
        boundary::call("FrameCache.takeWarnings", || {
            Ok(self
                .cache
                .take_warnings()
                .iter()
                .map(FrameWarning::from)
                .collect())
        })
    }
}
